import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { withAccounts } from '../folder-host.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline role list --data DIR [--json]

Lists the roles, what each permits, and how many users have it. Works while the server runs and while it doesn't.

${folderOptionsHelp}
  --json             one JSON object a line
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, { ...programOptions, json: { type: 'boolean' } });
  const found = await withAccounts(values, context, async ({ roles, accounts }) => {
    const users = await accounts.list();
    return (await roles.list()).map((role) => ({
      ...role,
      users: users.filter((user) => user.roles.includes(role.name)).length,
    }));
  });
  if (values.json === true) {
    for (const role of found) context.stdout(`${JSON.stringify(role)}\n`);
    return 0;
  }
  const rows = [
    ['ROLE', 'USERS', 'KIND', 'PERMISSIONS'],
    ...found.map(({ name, users, isBuiltIn, permissions }) => [
      name,
      String(users),
      isBuiltIn ? 'built in' : 'own',
      permissions.join(',') || '-',
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    context.stdout(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
  }
  return 0;
}
