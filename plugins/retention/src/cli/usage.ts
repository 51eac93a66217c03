/** `faultline usage`: of a running server, or of a folder, whether a server runs on it or not. */
import { StorageUpkeep } from '@faultline/sdk';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  type CliContext,
} from '@faultline/sdk/cli-command';
import type { UsageAnswer } from '../retention-routes.js';
import { size } from './sizes.js';

export const help = `Usage: faultline usage [--json] [--url URL | --data DIR]

Says how much is stored for each day: crashes (what was sent and what was made of it) and dumps (minidumps and
attachments), on the disk. A star marks what retention has taken something of.

${folderOptionsHelp}
${serverOptionsHelp}
  --json             as the server's API answers

Example: faultline usage --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...serverOptions, ...folderOptions, json: { type: 'boolean' } });
  const isRemote =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  const answer = isRemote
    ? ((await context.server(values).json('/api/v1/plugins/retention/usage')) as UsageAnswer)
    : await context.withServices(values, [StorageUpkeep], async (services) => ({
        usage: (await services.resolve(StorageUpkeep).usage()).map(({ purgedAt, ...rest }) => ({
          ...rest,
          purgedAt: purgedAt === null ? null : new Date(purgedAt).toISOString(),
        })),
      }));
  context.stdout(values.json === true ? `${JSON.stringify(answer, null, 2)}\n` : table(answer));
  return 0;
}

function table({ usage }: UsageAnswer): string {
  if (usage.length === 0) return 'Nothing is stored.\n';
  const days = [...new Set(usage.map(({ day }) => day))].sort();
  const cell = (day: string, kind: string) => {
    const found = usage.find((each) => each.day === day && each.kind === kind);
    return `${size(found?.bytes ?? 0)}${found?.purgedAt == null ? ' ' : '*'}`.padStart(12);
  };
  const total = (kind: string) =>
    `${size(usage.filter((each) => each.kind === kind).reduce((sum, { bytes }) => sum + bytes, 0))} `.padStart(12);
  const lines = [
    `${'day'.padEnd(10)}${'crashes '.padStart(12)}${'dumps '.padStart(12)}`,
    ...days.map((day) => `${day}${cell(day, 'reports')}${cell(day, 'dumps')}`),
    `${'all'.padEnd(10)}${total('reports')}${total('dumps')}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
