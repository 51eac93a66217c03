import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const passphraseHelp = `  --passphrase-file FILE  its first line seals and opens what is secret
                          (FAULTLINE_BACKUP_PASSPHRASE: the passphrase itself)`;

/** Null when none was given. Never taken from the command line, where every user of the machine reads it. */
export async function readPassphrase(file: string | undefined, context: CliContext): Promise<string | null> {
  const text =
    file === undefined
      ? context.env['FAULTLINE_BACKUP_PASSPHRASE']
      : (await readFile(path.resolve(context.cwd, file), 'utf8')).split(/\r?\n/)[0];
  if (text === undefined) return null;
  if (text.length < 8) throw new UsageError('the passphrase has fewer than 8 characters');
  return text;
}
