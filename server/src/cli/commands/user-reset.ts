import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { signInUrl } from '../../auth/sign-in-links.js';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { pageAddress } from '../page-address.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user reset LOGIN --data DIR

Takes the user's password away, ends all their sessions, and prints a link that lets them in once, within a day, to set
a new one. Works while the server runs and while it doesn't.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, programOptions);
  const [login, ...rest] = positionals;
  if (login === undefined || rest.length > 0) throw new UsageError('user reset wants one LOGIN');
  const link = await withAccounts(values, context, async (auth, config) => {
    const { code } = await new UserAdministration(auth).reset(machineOwner(), login);
    return signInUrl(await pageAddress(config), code);
  });
  context.stdout(`${link}\n`);
  return 0;
}
