import type { SearchAnswer } from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type CliServer,
} from '@faultline/sdk/cli-command';
import { isFaultlineError } from '@faultline/sdk/errors';
import { withServer } from './folder-server.js';
import { facetText, shown, textTable } from './text-table.js';

export const help = `Usage: faultline search [QUERY] [OPTIONS]

Finds crashes, with the language of the search bar:
  faultline search 'signature:~"OnMessage" product:Fenix -version:125.0' --from -30d --facets version,os_name:5

  --columns LIST     fields shown, joined by commas (submitted_timestamp,signature,product,version,os_name); for csv and
                     ndjson "*" is all
  --facets LIST      counts by field, joined by commas: field:size, cardinality(field), nested by ">"
  --sort LIST        fields to sort by, "-" in front for the largest first (-submitted_timestamp)
  --from, --to DATE  2026-11-20, 2026-11-20T10:30, -7d, now (the last 7 days, or what the query says)
  --limit N          crashes shown (50; csv and ndjson: all)
  --format FORMAT    table, json, csv or ndjson (table)

Where (a running server, or else a folder that none runs on):
${serverOptionsHelp}
${folderOptionsHelp}
`;

const pageSize = 1_000;
const usualColumns = 'submitted_timestamp,signature,product,version,os_name';

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    ...folderOptions,
    columns: { type: 'string' },
    facets: { type: 'string' },
    sort: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    limit: { type: 'string' },
    format: { type: 'string' },
  });
  const { format = 'table', limit, facets } = values;
  if (!['table', 'json', 'csv', 'ndjson'].includes(format)) throw new UsageError(`"${format}" is no format`);
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) throw new UsageError('--limit takes a number');
  const q = positionals.join(' ');
  const onServer = <T>(work: (server: CliServer) => Promise<T>): Promise<T> =>
    withServer(context, values, work).catch((error: unknown) => {
      pointAtMistake(context, q, error);
      throw error;
    });
  const asked = { q, columns: values.columns ?? usualColumns, ...pick(values) };
  if (format === 'csv' || format === 'ndjson') {
    if (facets !== undefined) throw new UsageError(`facets don't fit ${format}; take json or table`);
    const parameters = { ...asked, format, ...(limit === undefined ? {} : { limit }) };
    return onServer((server) => copyExport(context, server, parameters));
  }
  const answer = await onServer((server) =>
    allPages(context, server, { ...asked, ...(facets === undefined ? {} : { facets }) }, Number(limit ?? 50)),
  );
  if (format === 'json') {
    const { total, rows, facets: counted, completeness } = answer;
    context.stdout(`${JSON.stringify({ total, completeness, rows, facets: counted }, null, 2)}\n`);
    return 0;
  }
  print(
    context,
    answer,
    asked.columns.split(',').map((name) => name.trim()),
  );
  return 0;
}

/** Where the server names a place in the text, the text is shown with marks below the place. */
function pointAtMistake(context: CliContext, text: string, error: unknown): void {
  const { start, end } = isFaultlineError(error) ? error.details : {};
  // A text that can't be shown as it is has its places elsewhere.
  if (typeof start !== 'number' || typeof end !== 'number' || shown(text) !== text) return;
  context.stderr(`  ${text}\n  ${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))}\n`);
}

function pick(values: { from?: string; to?: string; sort?: string }): Record<string, string> {
  const entries = (['from', 'to', 'sort'] as const).map((name) => [name, values[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined));
}

async function allPages(
  context: CliContext,
  server: CliServer,
  parameters: Record<string, string>,
  limit: number,
): Promise<SearchAnswer> {
  const ask = async (more: Record<string, string>): Promise<SearchAnswer> => {
    const query = new URLSearchParams({ ...parameters, ...more });
    return (await server.json(`/api/v1/search?${query.toString()}`, { signal: context.signal })) as SearchAnswer;
  };
  const first = await ask({ limit: String(Math.min(limit, pageSize)) });
  const rows = [...first.rows];
  let { cursor } = first;
  while (cursor !== null && rows.length < limit) {
    const page = await ask({ facets: '', cursor, limit: String(Math.min(limit - rows.length, pageSize)) });
    rows.push(...page.rows);
    cursor = page.rows.length === 0 ? null : page.cursor;
  }
  return { ...first, rows };
}

/** As it comes: an export may be larger than memory. */
async function copyExport(context: CliContext, server: CliServer, parameters: Record<string, string>): Promise<number> {
  const path = `/api/v1/search/export?${new URLSearchParams(parameters).toString()}`;
  const response = await server.fetch(path, { signal: context.signal });
  if (!response.ok || response.body === null) {
    // The other way to ask turns the answer into an error of ours.
    await server.json(path, { signal: context.signal });
    return 1;
  }
  const decoder = new TextDecoder();
  for await (const chunk of response.body) context.stdout(decoder.decode(chunk as Uint8Array, { stream: true }));
  return 0;
}

function print(context: CliContext, answer: SearchAnswer, columns: readonly string[]): void {
  const { total, rows, facets, completeness } = answer;
  if (total === 0) context.stdout('No crash matches. Take a longer range with --from -90d, or fewer conditions.\n');
  else if (rows.length > 0)
    context.stdout(textTable(rows, ['crash_id', ...columns.filter((name) => name !== 'crash_id')]));
  if (Object.keys(facets).length > 0) context.stdout(`${rows.length > 0 ? '\n' : ''}${facetText(facets)}`);
  if (total > rows.length) context.stderr(`${rows.length} of ${total} crashes shown; --limit shows more.\n`);
  if (completeness < 1) {
    const percent = Math.floor(completeness * 100);
    context.stderr(`The index holds ${percent}% of these days' crashes so far: it is still being built.\n`);
  }
}
