import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { changeOptionsHelp, configAccess, configOptions, configOptionsHelp, wantedChange } from '../config-access.js';
import { appliedText } from '../config-text.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config apply FILE [options]
       faultline config apply --change KEY=VALUE... [options]

Checks the change, writes it to the configuration file, keeps the text before in the history, and lets a running server
(--url) take up what needs no restart. Comments and order of the file stay with --change.

${changeOptionsHelp}
  --yes               also what could lock people out or cut crash reporters off

${configOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, { ...configOptions, yes: { type: 'boolean' } });
  if (positionals.length > 1) throw new UsageError('config apply wants one FILE');
  const change = await wantedChange(context, positionals[0], values);
  const access = await configAccess(context, values);
  context.stdout(appliedText(await access.apply(change, values.yes === true)));
  if (access.isBehindServer)
    context.stderr('The server on this folder goes on as it was started: restart it, or use --url.\n');
  return 0;
}
