import { permissions, roles } from '@faultline/sdk';
import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { withAccounts } from '../folder-host.js';
import { machineOwner } from '../machine-owner.js';
import { permissionsOf } from '../permission-words.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline token create --data DIR --name NAME [--permission P]... [--days N]

Makes an API token, sent in the header Auth-Token, and prints just the token. It can't be shown again: only its hash
is kept. Works while the server runs and while it doesn't.

${folderOptionsHelp}
  --name NAME        what the token is for; shown where it did something
  --permission P     one of ${permissions.join(', ')}; or all of a
                     role: ${Object.keys(roles).join(', ')}. May be repeated.
  --days N           it expires after so many days (never)

Example: faultline token create --data ./data --name ci --permission upload_symbols
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, {
    ...programOptions,
    name: { type: 'string' },
    permission: { type: 'string', multiple: true },
    days: { type: 'string' },
  });
  const { name } = values;
  if (name === undefined || name.trim() === '') throw new UsageError('--name is missing');
  const wish = { name, permissions: (values.permission ?? []).flatMap(permissionsOf), validFor: validity(values.days) };
  const token = await withAccounts(values, context, async ({ tokens, audit }) => {
    const made = await tokens.create(wish);
    const { id: actor, name: actorName } = machineOwner();
    const details = { permissions: [...wish.permissions] };
    await audit.record({ actor, actorName, action: 'token.create', target: name, details });
    return made;
  });
  context.stdout(`${token}\n`);
  return 0;
}

function validity(days: string | undefined): number | null {
  if (days === undefined) return null;
  const count = Number(days);
  if (!Number.isFinite(count) || count <= 0) throw new UsageError(`--days wants a number above 0, not "${days}"`);
  return count * 24 * 60 * 60_000;
}
