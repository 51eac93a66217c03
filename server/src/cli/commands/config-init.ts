import { existsSync } from 'node:fs';
import { FaultlineError } from '@faultline/sdk/errors';
import { folderOptions, folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { writeDefaultConfig } from '../../config/default-file.js';
import { prepareDataFolder } from '../../serve/data-folder.js';
import { configFileOf, dataFolderOf } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config init [--data DIR]

Writes a configuration file in which everything is named and nothing is set, unless there is one.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, folderOptions);
  if (positionals.length > 0) throw new UsageError(`"${positionals.join(' ')}" is too much`);
  const file = configFileOf(values, context);
  if (existsSync(file)) {
    throw new FaultlineError('Conflict', 'CONFIG_EXISTS', `${file} is there already.`, {
      hint: '`faultline config` prints what it says.',
    });
  }
  await prepareDataFolder(dataFolderOf(values, context));
  await writeDefaultConfig(file);
  context.stdout(`${file}\n`);
  return 0;
}
