import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user enable LOGIN --data DIR

Lets a disabled user in again, with the password and tokens they had; their old sessions stay ended. Works while the
server runs and while it doesn't.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, programOptions);
  const [login, ...rest] = positionals;
  if (login === undefined || rest.length > 0) throw new UsageError('user enable wants one LOGIN');
  const account = await withAccounts(values, context, (auth) =>
    new UserAdministration(auth).setDisabled(machineOwner(), login, false),
  );
  context.stdout(`${account.login} is enabled.\n`);
  return 0;
}
