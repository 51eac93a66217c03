import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline role remove NAME --data DIR

Removes a role of your own that nobody has any more. Works while the server runs and while it doesn't.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, programOptions);
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('role remove wants one NAME');
  await withAccounts(values, context, (auth) => new UserAdministration(auth).setRole(machineOwner(), name, null));
  context.stdout(`The role ${name} is removed.\n`);
  return 0;
}
