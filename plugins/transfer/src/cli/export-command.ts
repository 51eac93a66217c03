import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CrashStorage, StorageUpkeep, type CrashId } from '@faultline/sdk';
import type { SearchAnswer } from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type CliModule,
} from '@faultline/sdk/cli-command';
import { requireCrashId } from '@faultline/sdk/crash-id';
import { exportCrashes, type ExportCounts } from '../export-crashes.js';
import { layouts, type LayoutName } from '../layouts.js';
import { progressLine } from './progress-line.js';

const options = {
  ...folderOptions,
  ...serverOptions,
  ids: { type: 'string' },
  days: { type: 'string' },
  query: { type: 'string' },
  all: { type: 'boolean' },
} as const;

/** `faultline export antenna|socorro`: the same command over two layouts. */
export function exportCommand(name: LayoutName, shape: string): CliModule {
  const help = `Usage: faultline export ${name} FOLDER (--ids FILE | --days FROM..TO | --query Q | --all) [--data DIR]

Writes crashes with their dumps into a folder that ${shape}. Reads the data folder, whether a server runs on it or not.
What the folder holds already is left as it is, so that the same command goes on where it was cut off. Everything that
was received is written, protected values too: who can read the data folder can read them anyway.

${folderOptionsHelp}
  --ids FILE         crash ids, one on each line
  --days FROM..TO    UTC days of collection, e.g. 2026-11-01..2026-11-07; one day alone is enough
  --query Q          what a search finds; asks the server of --url, which runs on this data folder
  --all              everything
${serverOptionsHelp}

Example: faultline export ${name} /srv/export --days 2026-11-22 --data ./data
`;
  return { help, run: (context) => run(context, name) };
}

async function run(context: CliContext, name: LayoutName): Promise<number> {
  const { values, positionals } = context.parse(options);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('exactly one folder is wanted');
  const wishes = [values.ids, values.days, values.query, values.all].filter((wish) => wish !== undefined);
  if (wishes.length !== 1) throw new UsageError('exactly one of --ids, --days, --query and --all is wanted');
  return context.withServices(values, [CrashStorage, StorageUpkeep], async (services) => {
    const storage = services.resolve(CrashStorage);
    const upkeep = services.resolve(StorageUpkeep);
    const show = progressLine(context);
    const counts = await exportCrashes(crashesOf(context, values, { storage, upkeep }), {
      root: path.resolve(context.cwd, folder),
      layout: layouts[name],
      storage,
      signal: context.signal,
      onBad: (id, error) => context.stderr(`${id}: ${error.message} (${error.code})\n`),
      progress: (counts) => show(summary(counts)),
    });
    context.stdout(`${summary(counts)}\n`);
    return counts.bad === 0 ? 0 : 1;
  });
}

async function* crashesOf(
  context: CliContext,
  values: { ids?: string; days?: string; query?: string; url?: string; token?: string },
  { storage, upkeep }: { storage: CrashStorage; upkeep: StorageUpkeep },
): AsyncIterable<CrashId> {
  if (values.ids !== undefined) {
    const lines = (await readFile(path.resolve(context.cwd, values.ids), 'utf8')).split(/\r?\n/);
    for (const line of lines) if (line.trim() !== '') yield requireCrashId(line);
    return;
  }
  if (values.query !== undefined) {
    yield* crashesOfQuery(context, values.query, values);
    return;
  }
  const [from, to] = values.days === undefined ? ['0', '9'] : daysOf(values.days);
  for (const day of await storage.days()) {
    if (day < from || day > to) continue;
    for await (const { crashId } of upkeep.crashes(day)) yield crashId;
  }
}

async function* crashesOfQuery(
  context: CliContext,
  query: string,
  values: { url?: string; token?: string },
): AsyncIterable<CrashId> {
  const server = context.server(values);
  let cursor: string | null = null;
  do {
    const parameters = new URLSearchParams({ q: query, limit: '1000', columns: 'crash_id' });
    if (cursor !== null) parameters.set('cursor', cursor);
    const answer = (await server.json(`/api/v1/search?${parameters.toString()}`)) as SearchAnswer;
    for (const { crash_id: id } of answer.rows) if (typeof id === 'string') yield id;
    cursor = answer.rows.length === 0 ? null : answer.cursor;
  } while (cursor !== null);
}

function daysOf(text: string): [string, string] {
  const found = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/.exec(text);
  if (found === null) throw new UsageError(`--days wants 2026-11-01..2026-11-07, not "${text}"`);
  const from = found[1] ?? '';
  return [from, found[2] ?? from];
}

function summary({ exported, present, unknown, bad }: ExportCounts): string {
  return `${exported} exported, ${present} there already, ${unknown} not stored, ${bad} bad`;
}
