import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { configAccess, configOptions, configOptionsHelp } from '../config-access.js';
import { appliedText } from '../config-text.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config rollback NUMBER [options]

Puts the configuration file back to the text it had after that change; \`faultline config history\` has the numbers.

  --yes               also what could lock people out or cut crash reporters off

${configOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, { ...configOptions, yes: { type: 'boolean' } });
  const [number, ...rest] = positionals;
  if (number === undefined || !/^\d{1,9}$/.test(number) || rest.length > 0) {
    throw new UsageError('config rollback wants one NUMBER');
  }
  const access = await configAccess(context, values);
  context.stdout(appliedText(await access.rollback(Number(number), values.yes === true)));
  if (access.isBehindServer)
    context.stderr('The server on this folder goes on as it was started: restart it, or use --url.\n');
  return 0;
}
