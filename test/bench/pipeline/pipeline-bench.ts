/**
 * What an admin feels: idle memory, a second start, the time from a post to a searchable report, and with `--clone`
 * the time from a clean clone to the first report. Needs the build.
 *
 *     node test/bench/run.js test/bench/pipeline/pipeline-bench.ts [--clone]
 */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeMinidump } from '@faultline/minidump';
import { Reader, submitAccepted } from '../../system/crash-client.js';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

const repository = process.cwd();
const rounds = 20;

async function main(): Promise<void> {
  const dump = await smallDump();
  const data = temporaryFolder();
  const first = await startServer({ data });
  await first.stop();

  const began = performance.now();
  const server = await startServer({ data });
  row('second start of `faultline serve`', `${Math.round(performance.now() - began)} ms`);
  await sleep(5000);
  row('idle memory, all processes (RssAnon + RssShmem)', megabytes(server.memory()));

  const reader = await Reader.of(server);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await postToSearchable(server, reader, dump));
  row('post to searchable report, first (starts the walker)', `${Math.round(times[0] ?? 0)} ms`);
  const warm = times.slice(1).sort((a, b) => a - b);
  row(`post to searchable report, median of ${warm.length} warm`, `${Math.round(warm[warm.length >> 1] ?? 0)} ms`);
  row('memory with walker and rules worker warm', megabytes(server.memory()));
  await server.stop();

  if (process.argv.includes('--clone'))
    row('clean clone to first report (npm ci, build, start, post)', await cleanClone(dump));
  cleanUp();
}

async function postToSearchable(server: RunningServer, reader: Reader, dump: Uint8Array): Promise<number> {
  const began = performance.now();
  const crashId = await submitAccepted(
    server.url,
    { ProductName: 'Bench', Version: '1.0' },
    { upload_file_minidump: dump },
  );
  for (;;) {
    if ((await reader.search(`crash_id:${crashId}`, 1)).total > 0) return performance.now() - began;
    await sleep(5);
  }
}

/** As the README says: clone, `npm ci && npm start`, post. */
async function cleanClone(dump: Uint8Array): Promise<string> {
  const folder = temporaryFolder();
  const began = performance.now();
  spawnSync('git', ['clone', '--quiet', repository, folder], { stdio: 'inherit' });
  spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'ignore' });
  const child = spawn('npm', ['start', '--', '--port', '0'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      const ready = /^ready (http\S+)$/m.exec(output)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${output}`)));
  });
  const crashId = await submitAccepted(url, { ProductName: 'Bench', Version: '1.0' }, { upload_file_minidump: dump });
  for (;;) {
    const answer = await fetch(`${url}/api/v1/crashes/${crashId}`);
    if (answer.ok && ((await answer.json()) as { state: string }).state === 'processed') break;
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1000;
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  return `${seconds.toFixed(0)} s`;
}

function smallDump(): Promise<Uint8Array> {
  return writeMinidump({
    modules: [{ name: '/opt/app', base: 0x400000n, size: 0x10000 }],
    threads: [
      { id: 7, registers: { rip: 0x401000n, rsp: 0x7000n }, stack: { start: 0x7000n, words: [0x402000n, 0n] } },
    ],
    exception: { threadId: 7, code: 11, address: 0x1cn },
  });
}

function row(what: string, value: string): void {
  console.log(`| ${what} | ${value} |`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}

await main();
