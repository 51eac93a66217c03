import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import type { UserInfo } from '@faultline/sdk/api';
import { userInfo } from '../../http/routes/account-shapes.js';
import { withAccounts } from '../folder-host.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline user list --data DIR [--json]

Lists the users: login, roles, whether they may sign in, when they last did. Works while the server runs and while it
doesn't.

${folderOptionsHelp}
  --json             one JSON object a line
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, { ...programOptions, json: { type: 'boolean' } });
  const users = await withAccounts(values, context, async ({ accounts, sessions, tokens, clock }) => {
    const found: UserInfo[] = [];
    for (const account of await accounts.list()) {
      const counts = {
        sessions: (await sessions.list(account.login)).length,
        tokens: (await tokens.list(account.login)).length,
        now: clock.now(),
      };
      found.push(userInfo(account, counts));
    }
    return found;
  });
  if (values.json === true) for (const user of users) context.stdout(`${JSON.stringify(user)}\n`);
  else if (users.length === 0)
    context.stderr('No users yet. `faultline user add` adds one, `faultline login-link` lets you in.\n');
  else context.stdout(table(users));
  return 0;
}

function table(users: readonly UserInfo[]): string {
  const rows = [['LOGIN', 'ROLES', 'STATE', 'LAST SIGN-IN', 'NAME'], ...users.map(rowOf)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}

function rowOf(user: UserInfo): string[] {
  const state = user.isDisabled ? 'disabled' : user.lastSignInAt === null ? 'invited' : 'active';
  // Names come from people and providers: a terminal must not obey them.
  const name = user.name.replace(/\p{Cc}/gu, '?');
  return [user.login, user.roles.join(',') || '-', state, user.lastSignInAt?.slice(0, 16) ?? 'never', name];
}
