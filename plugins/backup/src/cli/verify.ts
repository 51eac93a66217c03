/** `faultline verify`. */
import path from 'node:path';
import { StorageUpkeep } from '@faultline/sdk';
import { folderOptions, folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { counted } from '@faultline/sdk/counted';
import { damagedFiles, readManifest } from '../restore-backup.js';
import { stageLine } from './stage-line.js';

export const help = `Usage: faultline verify [--repair] [--json] [--data DIR]
       faultline verify --backup FOLDER

Reads every crash, dump and attachment of a data folder, whether a server runs on it or not, and compares them with
their checksums; finds marks of crashes that are not there, and crashes that nobody would process. With --repair, marks
are set right, crashes are processed again, and records that can't be read are moved into the folder \`quarantine\`;
nothing is thrown away. What can't be mended (a damaged dump) is reported each time. With --backup, compares the files
of a backup with their checksums instead. The exit code is 1 when something is wrong.

${folderOptionsHelp}
  --repair           mend what can be mended
  --json             what was found, as JSON
  --backup FOLDER    look at a backup

Example: faultline verify --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...folderOptions,
    repair: { type: 'boolean' },
    json: { type: 'boolean' },
    backup: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError(`what is "${positionals[0] ?? ''}"?`);
  const show = stageLine(context);
  const { signal } = context;
  if (values.backup !== undefined) {
    const folder = path.resolve(context.cwd, values.backup);
    const manifest = await readManifest(folder);
    const damaged = await damagedFiles(folder, manifest, { signal, progress: show });
    for (const name of damaged) context.stdout(`${name} is not as it was written\n`);
    const files = counted(Object.keys(manifest.files).length, 'file', 'files');
    context.stdout(`${files}, ${damaged.length} damaged\n`);
    return damaged.length === 0 ? 0 : 1;
  }
  return context.withServices(values, [StorageUpkeep], async (services) => {
    const check = await services.resolve(StorageUpkeep).check({
      repair: values.repair === true,
      signal,
      progress: (done, total, stage) => show(`${done}/${total} ${stage}`),
    });
    if (values.json === true) {
      context.stdout(`${JSON.stringify(check, null, 2)}\n`);
      return check.findings.length === 0 ? 0 : 1;
    }
    for (const { code, day, crashId, message, repair } of check.findings) {
      const about = crashId === '' ? day : `bp-${crashId}`;
      context.stdout(`${about}  ${message}${repair === null ? '' : ` Mended: ${repair}.`} (${code})\n`);
    }
    const { days, crashes, parts, findings } = check;
    const seen = `${counted(crashes, 'crash', 'crashes')} of ${counted(days, 'day', 'days')}, ${counted(parts, 'part', 'parts')}`;
    context.stdout(`${seen}; ${counted(findings.length, 'finding', 'findings')}\n`);
    return findings.length === 0 ? 0 : 1;
  });
}
