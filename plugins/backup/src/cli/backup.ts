/** `faultline backup`. */
import path from 'node:path';
import { ServerInfo, StorageUpkeep } from '@faultline/sdk';
import { folderOptions, folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { counted } from '@faultline/sdk/counted';
import { makeBackup } from '../make-backup.js';
import { passphraseHelp, readPassphrase } from './passphrase.js';
import { stageLine } from './stage-line.js';

export const help = `Usage: faultline backup FOLDER (--passphrase-file FILE | --without-secrets) [--data DIR]

Copies a data folder into a new folder, while a server runs on it or while none does: configuration, state (accounts,
groups, settings, history), every crash with its dumps, symbols. The index and the queues are made anew by a server.
Each file is copied as it stood at one moment, and every crash that is copied is whole.

What is secret (accounts, tokens, sessions, the configuration, key files) is sealed with a passphrase, or left out:
then people are invited anew, and keys of installations begin anew. Crashes themselves are not sealed: keep the folder
as safe as the data folder. Symbol folders that the configuration names elsewhere are not in it.

${folderOptionsHelp}
${passphraseHelp}
  --without-secrets       leave out what is secret

Example: faultline backup /backup/2026-11-22 --passphrase-file /etc/faultline.pass --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...folderOptions,
    'passphrase-file': { type: 'string' },
    'without-secrets': { type: 'boolean' },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('exactly one folder is wanted');
  const leavesOut = values['without-secrets'] === true;
  const passphrase = leavesOut ? null : await readPassphrase(values['passphrase-file'], context);
  if (!leavesOut && passphrase === null) {
    throw new UsageError('say what becomes of secrets: --passphrase-file FILE or --without-secrets');
  }
  const { signal } = context;
  return context.withServices(values, [StorageUpkeep], async (services) => {
    const manifest = await makeBackup({
      dataFolder: services.dataFolder,
      target: path.resolve(context.cwd, folder),
      upkeep: services.resolve(StorageUpkeep),
      passphrase,
      version: services.resolve(ServerInfo).version,
      signal,
      progress: stageLine(context),
    });
    const { days, crashes, symbols } = manifest.counts;
    const count = Object.keys(manifest.files).length;
    const copied = `${counted(crashes, 'crash', 'crashes')} of ${counted(days, 'day', 'days')}, ${counted(symbols, 'symbol file', 'symbol files')}`;
    context.stdout(`${copied}; ${counted(count, 'file', 'files')} in all, in ${folder}\n`);
    return 0;
  });
}
