/**
 * Reports a second, waits, CPU and memory of the built server's collector, every answer behind its fsync, beside what
 * Antenna did on such a machine without one. Generator and server share the cores. Needs the build and
 * `../shared/tools/load-collector`.
 *
 *     node test/bench/run.js test/bench/collector/collector-bench.ts [--seconds 5] [--size 40KB] [--processes 1]
 *
 * A server that has just begun compiles its code for some thousand posts: `--warmup` are posted before (by size; 0 to
 * see a cold one).
 *
 * `--stored 100000x40KB` stores so many first: what is stored already must not slow what comes. Several make a curve:
 * `--size 40KB --connections 64 --aged --stored 0x40KB --stored 10000x40KB --stored 100000x40KB` (5 GB),
 * `--size 2KB --connections 64 --aged --stored 0x2KB --stored 1000000x2KB` (4 GB).
 *
 * `--aged` brings memory to the state of a server that has run for days before each row (`aged-memory.ts`). It needs
 * as much free disk as the machine has memory.
 *
 * `--paced N` adds the waits at half of the rate that was measured, posted evenly, N times on the same server. Each
 * turn tells beside them what a write of 512 KB into the page cache cost another process (`page-cost.js`): 0.15 ms of
 * CPU where memory is the machine's own, 1.5 and at times 9 where a host hands out its pages one by one. The waits of
 * such a turn are the host's as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ageMemory } from './aged-memory.js';
import { pacedPosts, reportForm } from './paced-posts.js';
import { seedReports } from './seed-reports.js';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

/** Reports a second, p50 and p99 in ms, of Antenna's best setting on 2 such cores, without fsync. */
const antenna: Record<string, Record<number, [rate: number, p50: number, p99: number]>> = {
  '40KB': { 1: [220, 4.3, 6.6], 8: [842, 9.3, 16], 32: [813, 39, 63], 64: [789, 78, 105] },
  '1MB': { 1: [105, 8.9, 12], 8: [184, 43, 55], 32: [193, 164, 180], 64: [195, 312, 346] },
};
/** Bytes of the dump: the rest of the report are annotations. */
const bytes: Record<string, number> = { '2KB': 700, '40KB': 38_000, '1MB': 1_048_000 };
const warmups: Record<string, string> = { '2KB': '3000', '40KB': '3000', '1MB': '400' };

interface Measured {
  reports_per_s: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  server_cpu_s_per_1000: number;
  generator_cpu_s: number;
  others_cpu_share: number;
  errors: Record<string, number>;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    size: { type: 'string', multiple: true, default: ['40KB', '1MB'] },
    connections: { type: 'string', multiple: true, default: ['1', '8', '32', '64'] },
    roles: { type: 'string', default: 'collector,web' },
    processes: { type: 'string', default: 'auto' },
    stored: { type: 'string', multiple: true, default: ['0x40KB'] },
    warmup: { type: 'string' },
    aged: { type: 'boolean', default: false },
    paced: { type: 'string', default: '0' },
    tool: { type: 'string', default: path.resolve('../shared/tools/load-collector') },
  },
});

const oldFile = path.join(temporaryFolder(), 'old');

async function main(): Promise<void> {
  if (!existsSync(values.tool)) throw new Error(`There is no load generator at ${values.tool}: give one with --tool.`);
  console.log(
    '| stored | size | connections | reports/s | p50 | p95 | p99 ms | CPU s per 1,000 | peak MB | others | Antenna |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const stored of values.stored) {
    for (const size of values.size) for (const count of values.connections) await measure(stored, size, Number(count));
  }
  cleanUp();
}

async function measure(stored: string, size: string, connections: number): Promise<void> {
  const dump = path.join(temporaryFolder(), 'dump');
  writeFileSync(dump, Buffer.alloc(bytes[size] ?? 0, 'MDMP and so on '));
  const data = temporaryFolder();
  await seed(data, stored);
  if (values.aged) await ageMemory(oldFile);
  const server = await startServer({
    data,
    args: ['--roles', values.roles, '--set', `collector.processes=${values.processes}`],
  });
  const common = ['--dump', dump, '--json', '--warmup', values.warmup ?? warmups[size] ?? '50'];
  const { stop, peak } = watchMemory(server);
  const args = [...common, '--concurrency', String(connections), '--n', '1000000'];
  const measured = await load(server, [...args, '--max-seconds', values.seconds]);
  stop();
  const paced: string[] = [];
  for (let turn = 0; turn < Number(values.paced); turn++) {
    paced.push(await pace(server, size, measured.reports_per_s / 2));
  }
  await server.stop();
  rmSync(data, { recursive: true });
  const peer = antenna[size]?.[connections];
  const cells = [
    stored,
    size,
    connections,
    `${measured.reports_per_s.toFixed(0)}${peer === undefined ? '' : ` (${(measured.reports_per_s / peer[0]).toFixed(1)}x)`}`,
    measured.p50_ms,
    measured.p95_ms,
    measured.p99_ms,
    measured.server_cpu_s_per_1000.toFixed(2),
    (peak() / 2 ** 20).toFixed(0),
    `${(measured.others_cpu_share * 100).toFixed(0)} %`,
    peer === undefined ? '' : `${peer[0]}/s, ${peer[1]}/${peer[2]} ms`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  for (const turn of paced) console.log(turn);
  if (Object.keys(measured.errors).length > 0) console.log(measured.errors);
}

async function seed(folder: string, stored: string): Promise<void> {
  const [count = '', size = ''] = stored.split('x');
  const dumpSize = bytes[size];
  if (!/^\d+$/.test(count) || dumpSize === undefined) throw new Error(`--stored ${stored}: like 10000x40KB`);
  if (Number(count) > 0) await seedReports(folder, { count: Number(count), dumpSize });
}

async function pace(server: RunningServer, size: string, rate: number): Promise<string> {
  const form = reportForm(Buffer.alloc(bytes[size] ?? 0, 'MDMP and so on '));
  const control = spawn(process.execPath, ['test/bench/collector/page-cost.js', temporaryFolder()]);
  let cost = '';
  control.stdout.on('data', (text: Buffer) => (cost += text.toString()));
  const waits = await pacedPosts(`${server.url}/submit`, { ...form, rate, seconds: Number(values.seconds) });
  control.kill('SIGTERM');
  await once(control, 'close');
  const pages = JSON.parse(cost) as { p50: number; max: number };
  const at = (fraction: number) => (waits[Math.floor(waits.length * fraction)] ?? NaN).toFixed(1);
  const memory = `512 KB of pages: ${pages.p50.toFixed(2)} ms, at worst ${pages.max.toFixed(2)}`;
  return `  at ${rate.toFixed(0)}/s: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} ms; now ${(server.memory() / 2 ** 20).toFixed(0)} MB; ${memory}`;
}

function watchMemory(server: RunningServer): { stop(): void; peak(): number } {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, server.memory())), 250);
  return { stop: () => clearInterval(timer), peak: () => peak };
}

async function load(server: RunningServer, args: string[]): Promise<Measured> {
  const child = spawn('python3', [values.tool, `${server.url}/submit`, ...args, '--pid', String(server.pid)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output) as Measured;
}

await main();
