import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';

/**
 * A secret given as text or as a file, read anew at each use: who changes the file need not restart the server.
 * @throws Unavailable NOTICE_SECRET_UNREADABLE
 */
export async function secretText(
  given: { text: string | undefined; file: string | undefined },
  dataFolder: string,
): Promise<string | undefined> {
  if (given.text !== undefined || given.file === undefined) return given.text;
  try {
    return (await readFile(path.resolve(dataFolder, given.file), 'utf8')).trim();
  } catch (error) {
    const reason = systemErrorCode(error) || 'unreadable';
    throw new FaultlineError('Unavailable', 'NOTICE_SECRET_UNREADABLE', `A secret's file can't be read (${reason}).`, {
      hint: 'Give the server’s user the right to read it.',
      cause: error,
    });
  }
}
