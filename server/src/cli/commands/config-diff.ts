import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { changeOptionsHelp, configAccess, configOptions, configOptionsHelp, wantedChange } from '../config-access.js';
import { reviewText } from '../config-text.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config diff FILE [options]
       faultline config diff --change KEY=VALUE... [options]

Says which settings would change, when each takes effect, and what could go wrong. Secrets are not shown. Ends with 1
when it could not be applied.

${changeOptionsHelp}
  --json              for programs

${configOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, { ...configOptions, json: { type: 'boolean' } });
  if (positionals.length > 1) throw new UsageError('config diff wants one FILE');
  const change = await wantedChange(context, positionals[0], values);
  const review = await (await configAccess(context, values)).review(change);
  if (values.json === true) context.stdout(`${JSON.stringify(review, null, 2)}\n`);
  else context.stdout(reviewText(review) || 'Nothing would change.\n');
  return review.problems.length === 0 ? 0 : 1;
}
