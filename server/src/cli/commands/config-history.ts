import type { CliContext } from '@faultline/sdk/cli-command';
import { configAccess, configOptions, configOptionsHelp } from '../config-access.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config history [options]

Lists the changes of the configuration that were kept, newest first: number, time, what, by whom, which settings.

${configOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, configOptions);
  const { entries } = await (await configAccess(context, values)).changes();
  for (const { number, at, what, by, settings } of entries) {
    context.stdout(`${number}  ${at}  ${what}  ${by || '-'}  ${settings.join(' ')}\n`);
  }
  if (entries.length === 0) context.stdout('Nothing was changed yet.\n');
  return 0;
}
