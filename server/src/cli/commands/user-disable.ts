import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { UserAdministration } from '../../auth/user-administration.js';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user disable LOGIN --data DIR

Keeps a user out: sessions, tokens, links and open pages end at once. The last admin can't be disabled. Works while the
server runs and while it doesn't; \`faultline user enable\` lets the user in again.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, programOptions);
  const [login, ...rest] = positionals;
  if (login === undefined || rest.length > 0) throw new UsageError('user disable wants one LOGIN');
  const account = await withAccounts(values, context, (auth) =>
    new UserAdministration(auth).setDisabled(machineOwner(), login, true),
  );
  context.stdout(`${account.login} is disabled.\n`);
  return 0;
}
