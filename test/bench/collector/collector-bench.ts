/**
 * Reports a second, waits, CPU and memory of the built server's collector, every answer behind its fsync, beside what
 * Antenna did on such a machine without one. Generator and server share the cores. Needs the build and
 * `../shared/tools/load-collector`.
 *
 *     node test/bench/run.js test/bench/collector/collector-bench.ts [--seconds 5] [--size 40KB] [--processes 1]
 *
 * `--stored N` posts so many first: what is stored already must not slow what comes (`--stored 100000 --size 40KB`,
 * `--stored 1000000 --size 2KB`; 5 GB each).
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

/** Reports a second, p50 and p99 in ms, of Antenna's best setting on 2 such cores, without fsync. */
const antenna: Record<string, Record<number, [rate: number, p50: number, p99: number]>> = {
  '40KB': { 1: [220, 4.3, 6.6], 8: [842, 9.3, 16], 32: [813, 39, 63], 64: [789, 78, 105] },
  '1MB': { 1: [105, 8.9, 12], 8: [184, 43, 55], 32: [193, 164, 180], 64: [195, 312, 346] },
};
const bytes: Record<string, number> = { '2KB': 700, '40KB': 38_000, '1MB': 1_048_000 };

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
    stored: { type: 'string', default: '0' },
    tool: { type: 'string', default: path.resolve('../shared/tools/load-collector') },
  },
});

async function main(): Promise<void> {
  if (!existsSync(values.tool)) throw new Error(`There is no load generator at ${values.tool}: give one with --tool.`);
  console.log('| size | connections | reports/s | p50 | p95 | p99 ms | CPU s per 1,000 | peak MB | others | Antenna |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const size of values.size) for (const count of values.connections) await measure(size, Number(count));
  cleanUp();
}

async function measure(size: string, connections: number): Promise<void> {
  const dump = path.join(temporaryFolder(), 'dump');
  writeFileSync(dump, Buffer.alloc(bytes[size] ?? 0, 'MDMP and so on '));
  const server = await startServer({
    args: ['--roles', values.roles, '--set', `collector.processes=${values.processes}`],
  });
  const common = ['--dump', dump, '--json'];
  if (values.stored !== '0') {
    await load(server, [...common, '--concurrency', '64', '--n', values.stored, '--max-seconds', '3600']);
  }
  const { stop, peak } = watchMemory(server);
  const args = [...common, '--concurrency', String(connections), '--n', '1000000'];
  const measured = await load(server, [...args, '--max-seconds', values.seconds]);
  stop();
  await server.stop();
  const [rate, p50, p99] = antenna[size]?.[connections] ?? [NaN, NaN, NaN];
  const cells = [
    size,
    connections,
    `${measured.reports_per_s.toFixed(0)} (${(measured.reports_per_s / rate).toFixed(1)}x)`,
    measured.p50_ms,
    measured.p95_ms,
    measured.p99_ms,
    measured.server_cpu_s_per_1000.toFixed(2),
    (peak() / 2 ** 20).toFixed(0),
    `${(measured.others_cpu_share * 100).toFixed(0)} %`,
    `${rate}/s, ${p50}/${p99} ms`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  if (Object.keys(measured.errors).length > 0) console.log(measured.errors);
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
