import { permissions, roles } from '@faultline/sdk';
import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { permissionsOf } from '../permission-words.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline role set NAME --data DIR [--permission P]...

Makes a role of your own, or gives it these permissions in place of those it had; who has the role follows at once.
Without --permission the role permits what a viewer may: reading public fields. Works while the server runs and while
it doesn't.

${folderOptionsHelp}
  --permission P     one of ${permissions.join(', ')}; or all of a
                     role: ${Object.keys(roles).join(', ')}. May be repeated.

Example: faultline role set release-manager --permission triager --permission upload_symbols --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, {
    ...programOptions,
    permission: { type: 'string', multiple: true },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('role set wants one NAME');
  const granted = (values.permission ?? []).flatMap(permissionsOf);
  const kept = permissions.filter((one) => granted.includes(one));
  await withAccounts(values, context, (auth) => new UserAdministration(auth).setRole(machineOwner(), name, kept));
  context.stdout(`${name}: ${kept.join(', ') || 'reading public fields'}\n`);
  return 0;
}
