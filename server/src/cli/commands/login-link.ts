import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { firstAdmin } from '../../auth/accounts.js';
import { signInUrl } from '../../auth/sign-in-links.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { pageAddress } from '../page-address.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline login-link --data DIR [--user LOGIN]

Prints a link that signs in once, within an hour: as "${firstAdmin}", who is made an admin when there is no such user
yet, or as another user. Works while the server runs and while it doesn't.

${folderOptionsHelp}
  --user LOGIN       whom it signs in (${firstAdmin})

Example: faultline login-link --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, { ...programOptions, user: { type: 'string' } });
  const link = await withAccounts(values, context, async (auth, config) => {
    const login = values.user === undefined ? firstAdmin : (await auth.accounts.get(values.user)).login;
    const { id: actor, name: actorName } = machineOwner();
    await auth.audit.record({ actor, actorName, action: 'link.create', target: `user:${login}`, details: null });
    return signInUrl(await pageAddress(config), await auth.links.create(login));
  });
  context.stdout(`${link}\n`);
  return 0;
}
