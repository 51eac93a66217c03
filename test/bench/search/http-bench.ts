/**
 * The questions of the speed table over HTTP, against a server on generated crashes, with DuckDB over the same rows
 * in the same run:
 *
 *     npm run build && node test/bench/run.js test/bench/search/http-bench.ts 1000000
 *
 * A folder as second argument is kept and used again. `--no-duckdb` leaves the peer out, which is otherwise installed
 * into a folder of its own. Several numbers, `10000,100000,1000000,3000000`, give the curve: all is done for each, the
 * peer and the posts left out, and a table of the main figures stands at the end.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer, type RunningServer } from '../../system/server-process.js';
import { duckdbTimes } from './duckdb-peer.js';
import { questions, type Question } from './questions.js';
import { submitWhileSearching } from './submit-while-searching.js';

const rounds = 40;
const days = 90;
const end = '2026-11-22';
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const counts = (words[0] ?? '100000').split(',').map(Number);
const [, kept] = words;
const isCurve = counts.length > 1;
const settings = ['--set', 'mozilla.enabled=true', '--set', 'generator.fields=true', '--set', 'log.level=error'];
/** Questions in the curve's table, by their place in the list. */
const shownInCurve = [0, 1, 3, 4, 5];

const curve: string[][] = [];
for (const count of counts) curve.push([count.toLocaleString('en'), ...(await measureSize(count))]);
if (isCurve) {
  const names = questions(days, 0).map(({ name }) => name);
  const heads = ['crashes', 'cold start', 'memory', 'on disk', ...shownInCurve.map((at) => names[at] ?? '')];
  for (const row of [heads, heads.map(() => '---'), ...curve]) console.log(`| ${row.join(' | ')} |`);
} else if (!process.argv.includes('--no-duckdb')) await duckdbTimes({ crashes: counts[0] ?? 0, days, end });

/** Prints every figure of so many crashes; those of the curve's row. */
async function measureSize(count: number): Promise<string[]> {
  const data = kept ?? mkdtempSync(path.join(os.tmpdir(), 'faultline-search-bench-'));
  generate(count, data);
  const startedAt = performance.now();
  const server = await startServer({ data, args: settings });
  try {
    const listed = questions(days, Date.parse(`${end}T00:00:00Z`));
    const [usual] = listed;
    if (usual === undefined) throw new Error('There are no questions.');
    await ask(server, usual.search);
    const cold = `${(performance.now() - startedAt).toFixed(0)} ms`;
    console.log(`cold start to first answer: ${cold}`);
    await quiet(server);
    const top = await ask(server, `from=${encodeURIComponent('2026-10-23')}&to=${end}&q=&limit=0&facets=signature:30`);
    const signature = String(top.facets['signature']?.buckets[20]?.term);
    const medians: string[] = [];
    for (const question of listed) medians.push(await measure(server, question, signature));
    const memory = `${(server.memory() / 2 ** 20).toFixed(0)} MB`;
    console.log(`memory (RssAnon + RssShmem of all processes): ${memory}`);
    const disk = `${folderSize(path.join(data, 'plugins/search-local')).toFixed(0)} MB`;
    console.log(`index on disk: ${disk}`);
    if (!isCurve) await submitWhileSearching(server.url);
    return [cold, memory, disk, ...shownInCurve.map((at) => medians[at] ?? '')];
  } finally {
    await server.stop();
    if (kept === undefined) rmSync(data, { recursive: true });
  }
}

function generate(count: number, data: string): void {
  const options = ['--crashes', String(count), '--days', String(days), '--end', end, '--data', data];
  const isThere = kept !== undefined && spawnSync('ls', [path.join(data, 'crashes')]).status === 0;
  if (isThere) return;
  const { stdout } = spawnSync(
    process.execPath,
    ['server/bin/faultline.js', 'generate', ...options, '--set', 'mozilla.enabled=true'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  console.log(stdout.trim());
}

/** The index is compared with the store some seconds after a start; what is measured here comes after it. */
async function quiet(server: RunningServer): Promise<void> {
  for (let calm = 0; calm < 4;) {
    const before = processorTime(server.pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    calm = processorTime(server.pid) - before < 50 ? calm + 1 : 0;
  }
}

interface Answer {
  total: number;
  facets: Record<string, { buckets: { term: unknown; count: number }[] }>;
}

async function ask({ url }: RunningServer, search: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${search.includes('?') ? search : `search?${search}`}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Prints all; the median with the 95th percentile behind it. */
async function measure(server: RunningServer, { name, search }: Question, signature: string): Promise<string> {
  const filled = search
    .replaceAll('SIGNATURE', encodeURIComponent(JSON.stringify(signature)))
    .replaceAll('GROUP', encodeURIComponent(signature));
  const times: number[] = [];
  const before = processorTime(server.pid);
  let total = 0;
  for (let round = 0; round <= rounds; round++) {
    const at = performance.now();
    total = (await ask(server, filled)).total;
    times.push(performance.now() - at);
  }
  const processor = ((processorTime(server.pid) - before) / (rounds + 1)).toFixed(1);
  const [first = 0, ...warm] = times;
  warm.sort((a, b) => a - b);
  const at = (part: number) => (warm[Math.floor(warm.length * part)] ?? 0).toFixed(1);
  console.log(
    `${name}: ${total} hits, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, first ${first.toFixed(0)} ms, processor ${processor} ms`,
  );
  return `${at(0.5)} / ${at(0.95)} ms`;
}

/** Milliseconds of user and system time that a process has used. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function folderSize(folder: string): number {
  const { stdout } = spawnSync('du', ['-sm', folder], { encoding: 'utf8' });
  return Number.parseInt(stdout, 10);
}
