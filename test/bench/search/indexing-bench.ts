/**
 * Indexing at a steady rate while searches go on, in the built index's own thread:
 *
 *     npm run build && node test/bench/run.js test/bench/search/indexing-bench.ts 2000
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { searchFields } from '@faultline/sdk/search';
import type { SearchQuery } from '@faultline/sdk/search-query';
import { MemoryFieldDictionary } from '@faultline/testing';
import { generatedCrashes } from '../../../plugins/generator/src/generated-crashes.js';
import { LocalSearchEngine } from '../../../plugins/search-local/src/local-search-engine.js';
import { IndexThread } from '../../../plugins/search-local/src/thread/index-thread.js';
import { crashFields } from '../../../plugins/rules/src/fields/crash-fields.js';
import { identityFields } from '../../../plugins/rules/src/fields/identity-fields.js';
import { systemFields } from '../../../plugins/rules/src/fields/system-fields.js';
import { signatureFields } from '../../../plugins/signature/src/fields.js';

const wanted = Number(process.argv[2] ?? 2_000);
const seconds = 30;
const before = 50_000;
const end = Date.parse('2026-11-22T00:00:00Z');
const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-indexing-bench-'));
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error, child: () => quiet };
const fields = new MemoryFieldDictionary([...identityFields, ...crashFields, ...systemFields, ...signatureFields]);
const port = new IndexThread({
  program: pathToFileURL(path.resolve('plugins/search-local/dist/thread/index-worker.js')),
  start: { folder: path.join(folder, 'index'), cacheSize: 160 * 2 ** 20, flushRows: 8_192 },
  idleAfter: 0,
  logger: quiet,
  onDamage: () => console.error('damaged'),
});
const engine = new LocalSearchEngine({
  port,
  fields,
  storage: { processedCrash: () => Promise.resolve(null) },
  clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() },
  probe: () => Promise.resolve(),
});
const query: SearchQuery = {
  filter: { kind: 'field', field: 'process_type', operator: 'is', value: 'parent' },
  from: new Date(end - 30 * 86_400_000).toISOString(),
  to: new Date(end).toISOString(),
  sort: [],
  limit: 100,
  cursor: null,
  columns: ['signature', 'product'],
  facets: ['signature', 'version', 'os_name'].map((field) => ({ kind: 'terms', name: field, field, size: 50 })),
};

const crashes = generatedCrashes({ crashes: before + wanted * seconds, days: 30, seed: '1', end });
const take = (count: number) =>
  Array.from({ length: count }, () => crashes.next()).flatMap(({ value }) =>
    value === undefined ? [] : [{ crash: value.processed, run: 1 }],
  );
for (let done = 0; done < before; done += 500) await engine.index(take(500));

let stop = false;
const searches: number[] = [];
const searching = (async () => {
  while (!stop) {
    const at = performance.now();
    await engine.search(query, { mayViewProtected: true });
    searches.push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})();
// Made beforehand: only indexing is measured. As many as a sink's batch holds.
const batchSize = 100;
const batches = Array.from({ length: (wanted * seconds) / batchSize }, () => take(batchSize));
const lags: number[] = [];
const began = performance.now();
const used = process.cpuUsage();
for (const [number, batch] of batches.entries()) {
  const due = began + (number * batchSize * 1000) / wanted;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  await engine.index(batch);
  // It can be found when `index` has resolved; what it was late by counts too.
  lags.push(performance.now() - due);
}
const took = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(used);
stop = true;
await searching;
const rate = Math.round((wanted * seconds) / took);
const count = searchFields(fields.all(), true).all().length;
console.log(
  `${rate} crashes a second indexed (${wanted} wanted), ${count} fields, ${searches.length} searches meanwhile`,
);
console.log(`searchable after: ${quantiles(lags)}; searches: ${quantiles(searches)}`);
console.log(`processor: ${Math.round((user + system) / 10_000 / took)} % of one core, searches and sending included`);
await engine.close();
rmSync(folder, { recursive: true });

function quantiles(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`;
}
