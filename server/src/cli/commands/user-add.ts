import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { signInUrl } from '../../auth/sign-in-links.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { pageAddress } from '../page-address.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user add LOGIN --data DIR [--name NAME] [--role ROLE]...

Adds a user and prints the link that lets them in the first time, within seven days; there they set a password. Works
while the server runs and while it doesn't.

${folderOptionsHelp}
  --name NAME        what people see (the login)
  --role ROLE        viewer, triager, maintainer, admin, or one of your own; may be repeated (viewer)

Example: faultline user add ann --name "Ann Onymous" --role triager --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, {
    ...programOptions,
    name: { type: 'string' },
    role: { type: 'string', multiple: true },
  });
  const [login, ...rest] = positionals;
  if (login === undefined || rest.length > 0) throw new UsageError('user add wants one LOGIN');
  const wish = { login, name: values.name ?? '', roles: values.role ?? ['viewer'] };
  const link = await withAccounts(values, context, async (auth, config) => {
    const { code } = await new UserAdministration(auth).add(machineOwner(), wish);
    return signInUrl(await pageAddress(config), code);
  });
  context.stdout(`${link}\n`);
  return 0;
}
