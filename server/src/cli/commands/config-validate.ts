import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { configAccess, configOptions, configOptionsHelp, wantedChange } from '../config-access.js';
import { reviewText } from '../config-text.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config validate [FILE] [options]

Says what is wrong with FILE ("-": stdin) as the configuration, or with the one there is; with what would work, but
probably not as meant. Ends with 1 when something is wrong. Nothing is written.

${configOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, configOptions);
  if (positionals.length > 1) throw new UsageError('config validate wants one FILE');
  const [file] = positionals;
  const access = await configAccess(context, values);
  const change = file === undefined ? { revision: '', changes: [] } : await wantedChange(context, file, {});
  const { problems, warnings, topology } = await access.review(change);
  const text = reviewText({ problems, warnings, dangers: [], differences: [], topology });
  if (problems.length > 0) context.stderr(text);
  else context.stdout(`${text}The configuration is valid.\n`);
  return problems.length === 0 ? 0 : 1;
}
