import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user role LOGIN ROLE... --data DIR

Gives a user these roles in place of those they had: viewer, triager, maintainer, admin, or some of your own. What they
have open follows at once. Works while the server runs and while it doesn't.

${folderOptionsHelp}

Example: faultline user role ann maintainer --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, programOptions);
  const [login, ...roles] = positionals;
  if (login === undefined || roles.length === 0) throw new UsageError('user role wants LOGIN and at least one ROLE');
  const account = await withAccounts(values, context, (auth) =>
    new UserAdministration(auth).setRoles(machineOwner(), login, roles),
  );
  context.stdout(`${account.login}: ${account.roles.join(', ')}\n`);
  return 0;
}
