/**
 * Times search-local on generated crashes, in process:
 *
 *     node test/bench/run.js test/bench/search/query-bench.ts 1000000
 *
 * A folder as second argument is kept and used again.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessedCrash } from '@faultline/sdk';
import { searchFields } from '@faultline/sdk/search';
import type { FacetRequest, SearchFilter, SearchQuery } from '@faultline/sdk/search-query';
import { MemoryFieldDictionary } from '@faultline/testing';
import { SearchLocalConfig } from '../../../plugins/search-local/src/config.js';
import { LocalIndex } from '../../../plugins/search-local/src/local-index.js';
import { LocalSearchEngine } from '../../../plugins/search-local/src/local-search-engine.js';
import { listGroups } from '../../../plugins/triage/src/list-groups.js';
import { benchFields, generatedCrashes } from './generated-crashes.js';

const day = 86_400_000;
const days = 90;
const end = Date.parse('2026-11-22T00:00:00Z');
const count = Number(process.argv[2] ?? 100_000);
const kept = process.argv[3];
const folder = kept ?? (await mkdtemp(join(tmpdir(), 'faultline-search-bench-')));

const quiet = { debug() {}, info() {}, warn() {}, error: console.error, child: () => quiet };
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };
const allFields = searchFields(benchFields, true);
const { cacheSize, flushRows } = SearchLocalConfig.parse({ flushRows: 16_384 });
const open = async () =>
  new LocalSearchEngine({
    port: await LocalIndex.open({
      folder: join(folder, 'index'),
      cacheSize,
      flushRows,
      logger: quiet,
      onDamage: () => console.error('damaged'),
    }),
    fields: new MemoryFieldDictionary(benchFields),
    storage: { processedCrash: () => Promise.resolve(null) },
    clock,
    probe: () => Promise.resolve(),
  });

let engine = await open();
if ((await engine.status()).crashes < count) await fill();
await engine.close();
const coldAt = performance.now();
engine = await open();
await engine.search(usual(), { mayViewProtected: true });
console.log(`cold start to first answer: ${(performance.now() - coldAt).toFixed(0)} ms`);

const status = await engine.status();
console.log(`${status.crashes} crashes, ${status.days} days, ${(status.size / 2 ** 20).toFixed(0)} MB on disk`);

const exact = (field: string, value: string): SearchFilter => ({ kind: 'field', field, operator: 'is', value });
const terms = (field: string, size = 50, facets?: FacetRequest[]): FacetRequest => ({
  kind: 'terms',
  name: field,
  field,
  size,
  ...(facets === undefined ? {} : { facets }),
});
const some = (await engine.search(query(30, null, { columns: ['signature'], limit: 1 }), { mayViewProtected: true }))
  .rows[0]?.['signature'];
const signature = String(some);

const questions: [string, SearchQuery][] = [
  ['2 filters, 30 days, 3 facets, daily histogram by product, 100 rows', usual()],
  [
    'contains on signature, 30 days, 1 facet',
    query(
      30,
      { kind: 'field', field: 'signature', operator: 'contains', value: 'Paint' },
      { facets: [terms('signature')] },
    ),
  ],
  [
    'regular expression on signature, 30 days',
    query(30, { kind: 'field', field: 'signature', operator: 'regex', value: '.*(Paint|Decode)[0-9a-z]+1' }),
  ],
  [
    '90 days, no filter, 5 facets, one nested',
    query(90, null, {
      facets: [
        terms('signature', 50, [terms('os_name')]),
        terms('product'),
        terms('version'),
        terms('process_type'),
        terms('reason'),
      ],
    }),
  ],
  ['one signature, 30 days', query(30, exact('signature', signature), { facets: [terms('version')], limit: 50 })],
  ['top crashers, 7 days', query(7, null, { facets: [terms('signature', 100, [terms('os_name'), installs()])] })],
  [
    'words in comments, 90 days',
    query(90, { kind: 'field', field: 'user_comments', operator: 'has', value: 'crashed' }),
  ],
  ['sort by signature, 30 days', query(30, null, { sort: [{ field: 'signature', direction: 'asc' }], limit: 100 })],
];
for (const [name, question] of questions) {
  await measure(name, async () => (await engine.search(question, { mayViewProtected: true })).total);
}
for (const limit of [100, 1000]) {
  await measure(`inbox of 14 days, ${limit} groups`, async () => {
    const scope = { filter: null, from: end - 14 * day, to: end, fields: allFields, mayViewProtected: true };
    const wish = { sort: 'count' as const, limit };
    return (await listGroups({ engine, clock }, { ...scope, signal: new AbortController().signal }, wish)).totalCrashes;
  });
}
const inMemory = ((await engine.indexStatus()).memory / 2 ** 20).toFixed(0);
console.log(`RssAnon ${await memory()} MB, index in memory ${inMemory} MB`);
await engine.close();
if (kept === undefined) await rm(folder, { recursive: true });

async function fill(): Promise<void> {
  const started = performance.now();
  let batch: { crash: ProcessedCrash; run: number }[] = [];
  let spent = 0;
  for (const crash of generatedCrashes(count, days, end)) {
    batch.push({ crash, run: 1 });
    if (batch.length < 500) continue;
    const at = performance.now();
    await engine.index(batch);
    spent += performance.now() - at;
    batch = [];
  }
  await engine.index(batch);
  const total = performance.now() - started;
  console.log(`indexed ${count} in ${(spent / 1000).toFixed(1)} s (${Math.round(count / (spent / 1000))} a second)`);
  console.log(`with generating: ${(total / 1000).toFixed(1)} s`);
}

function installs(): FacetRequest {
  return { kind: 'cardinality', name: 'installs', field: 'install' };
}

function usual(): SearchQuery {
  const filters: SearchFilter[] = [
    { kind: 'field', field: 'release_channel', operator: 'is', value: 'release' },
    { kind: 'any', filters: ['parent', 'content'].map((value) => exactly('process_type', value)) },
  ];
  return query(
    30,
    { kind: 'all', filters },
    {
      facets: [
        { kind: 'terms', name: 's', field: 'signature', size: 50 },
        { kind: 'terms', name: 'v', field: 'version', size: 50 },
        { kind: 'terms', name: 'o', field: 'os_name', size: 50 },
        {
          kind: 'histogram',
          name: 'd',
          field: 'submitted_timestamp',
          interval: 'day',
          facets: [{ kind: 'terms', name: 'p', field: 'product', size: 10 }],
        },
      ],
      columns: ['submitted_timestamp', 'signature', 'product', 'version', 'os_name'],
      limit: 100,
    },
  );
}

function exactly(field: string, value: string): SearchFilter {
  return { kind: 'field', field, operator: 'is', value };
}

function query(span: number, filter: SearchFilter | null, more: Partial<SearchQuery> = {}): SearchQuery {
  return {
    filter,
    from: new Date(end - span * day).toISOString(),
    to: new Date(end).toISOString(),
    sort: [],
    limit: 50,
    cursor: null,
    columns: [],
    facets: [],
    ...more,
  };
}

async function measure(name: string, run: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  const work: number[] = [];
  let total = 0;
  for (let round = 0; round < 40; round++) {
    const at = performance.now();
    const before = process.cpuUsage();
    total = await run();
    times.push(performance.now() - at);
    const { user, system } = process.cpuUsage(before);
    work.push((user + system) / 1000);
  }
  const processor = (work.sort((a, b) => a - b)[work.length >> 1] ?? 0).toFixed(1);
  const cold = times[0] ?? 0;
  const sorted = times.slice(1).sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  console.log(
    `${name}: ${total} hits, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, first ${cold.toFixed(1)} ms, processor ${processor} ms`,
  );
}

async function memory(): Promise<string> {
  const text = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return ((Number(/RssAnon:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024) / 2 ** 20).toFixed(0);
}
