/** `faultline restore`. */
import path from 'node:path';
import { StorageUpkeep } from '@faultline/sdk';
import { folderOptions, folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { counted } from '@faultline/sdk/counted';
import { FaultlineError } from '@faultline/sdk/errors';
import { restoreBackup } from '../restore-backup.js';
import { passphraseHelp, readPassphrase } from './passphrase.js';
import { stageLine } from './stage-line.js';

export const help = `Usage: faultline restore BACKUP [--passphrase-file FILE] --data DIR

Makes a data folder of a backup, where none is yet, on any machine: every file is compared with its checksum first, and
the crashes are counted at the end. Nothing is overwritten; cut off, no data folder is there. The next server on it
builds the index anew. What was left out of the backup must be set up again: \`faultline login-link --data DIR\` lets
the first admin in.

${folderOptionsHelp}
${passphraseHelp}

Example: faultline restore /backup/2026-11-22 --passphrase-file /etc/faultline.pass --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...folderOptions, 'passphrase-file': { type: 'string' } });
  const [backup, ...more] = positionals;
  if (backup === undefined || more.length > 0) throw new UsageError('exactly one backup is wanted');
  const dataFolder = path.resolve(context.cwd, values.data ?? context.env['FAULTLINE_DATA'] ?? 'data');
  const { signal } = context;
  const { counts, files, madeAt } = await restoreBackup({
    backup: path.resolve(context.cwd, backup),
    dataFolder,
    passphrase: await readPassphrase(values['passphrase-file'], context),
    signal,
    progress: stageLine(context),
  });
  const crashes = await context.withServices(values, [StorageUpkeep], async (services) => {
    const upkeep = services.resolve(StorageUpkeep);
    let count = 0;
    const days = new Set((await upkeep.usage()).map(({ day }) => day));
    for (const day of days) for await (const crash of upkeep.crashes(day)) count += crash.crashId === '' ? 0 : 1;
    return count;
  });
  if (crashes !== counts.crashes) {
    throw new FaultlineError('Internal', 'RESTORE_INCOMPLETE', `${crashes} crashes came out of ${counts.crashes}.`, {
      hint: `Nothing is lost: the backup is as it was. \`faultline verify --data ${dataFolder}\` says more.`,
    });
  }
  const made = `of the backup made at ${madeAt}`;
  const symbols = counted(counts.symbols, 'symbol file', 'symbol files');
  const all = counted(Object.keys(files).length, 'file', 'files');
  context.stdout(`${counted(crashes, 'crash', 'crashes')}, ${symbols}, ${all} ${made}\n`);
  return 0;
}
