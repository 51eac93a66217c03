/**
 * What the symbol server takes and gives, over HTTP against a real server:
 *
 *     npm run build:server && node test/bench/run.js test/bench/symbols/symbol-server-bench.ts
 *
 * Stores 20,000 small symbol files from one zip, uploads, indexes and downloads a file of 327 MB, and symbolicates 1,000
 * frames over warm indexes. `--files N` and `--megabytes N` make it smaller. The large file is made by the shared
 * `make-big-sym`; without that tool its part is left out.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import { Reader } from '../../system/crash-client.js';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

const files = numberOf('--files', 20_000);
const megabytes = numberOf('--megabytes', 327);
const makeBigSym = path.resolve('../shared/tools/make-big-sym');
const bigId = '5A9832E5287241C1838ED98914E9B7FF1';
const bigKey = `test_app.pdb/${bigId}/test_app.sym`;

const server = await startServer({ args: ['--set', 'log.level=error'] });
try {
  const { token } = await Reader.of(server);
  await zipOfSmallFiles(server, token);
  // Indexes are built behind the answer; the next figures are of a server at rest.
  await until(() => countOf(path.join(server.data, 'cache/symbols/indexes')) >= files);
  await framesOverWarmIndexes(server);
  if (existsSync(makeBigSym)) await largeFile(server, token);
  else console.log('327 MB: left out, there is no make-big-sym');
} finally {
  await server.stop();
  cleanUp();
}

async function zipOfSmallFiles({ url, pid }: RunningServer, token: string): Promise<void> {
  const archive = path.join(temporaryFolder(), 'small.zip');
  const zip = new yazl.ZipFile();
  for (let number = 0; number < files; number++) {
    const { key, text } = smallFile(number);
    zip.addBuffer(Buffer.from(text), key);
  }
  zip.end();
  await pipeline(zip.outputStream as Readable, createWriteStream(archive));
  const watch = memoryWatch(pid);
  const cpu = processorTime(pid);
  const began = performance.now();
  const answer = curl(['--form', `symbols.zip=@${archive}`, '--header', `auth-token: ${token}`, `${url}/upload/`]);
  const seconds = (performance.now() - began) / 1000;
  const { stored_keys: stored } = (JSON.parse(answer) as { upload: { stored_keys: string[] } }).upload;
  console.log(
    `${stored.length} files of one zip of ${(statSync(archive).size / 1e6).toFixed(0)} MB: ${(stored.length / seconds).toFixed(0)} files/s, ` +
      `${(processorTime(pid) - cpu).toFixed(1)} s of processor time, most memory ${await watch()} MB`,
  );
}

async function framesOverWarmIndexes({ url }: RunningServer): Promise<void> {
  const modules = Array.from({ length: Math.min(50, files) }, (_, number) => smallFile(number));
  const stack = Array.from({ length: 1000 }, (_, frame) => [frame % modules.length, 0x1000 + (frame % 32)]);
  const memoryMap = modules.map(({ name, id }) => [name, id]);
  const body = JSON.stringify({ memoryMap, stacks: [stack] });
  const times: number[] = [];
  for (let round = 0; round < 220; round++) {
    const began = performance.now();
    const response = await fetch(`${url}/symbolicate/v5`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = await response.text();
    // The first rounds build the indexes and warm the code.
    if (round >= 20) times.push(performance.now() - began);
    if (!text.includes('work_')) throw new Error(`no names: ${text.slice(0, 300)}`);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  console.log(`/symbolicate/v5, 1,000 frames in ${modules.length} modules: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}

async function largeFile({ url, pid, data }: RunningServer, token: string): Promise<void> {
  const text = path.join(temporaryFolder(), 'test_app.sym');
  execFileSync('python3', [makeBigSym, text, String(megabytes)]);
  const { size } = statSync(text);
  const watch = memoryWatch(pid);
  const cpu = processorTime(pid);
  let began = performance.now();
  curl(['--upload-file', text, '--request', 'POST', '--header', `auth-token: ${token}`, `${url}/api/v1/symbols/files`]);
  const uploaded = (performance.now() - began) / 1000;
  const index = path.join(data, 'cache/symbols/indexes/test_app.pdb', bigId);
  await until(() => existsSync(index) && readdirSync(index).some((name) => name.endsWith('.symx')));
  const ready = (performance.now() - began) / 1000;
  console.log(
    `${(size / 1e6).toFixed(0)} MB: uploaded in ${uploaded.toFixed(1)} s, indexed after ${ready.toFixed(1)} s, ` +
      `${(processorTime(pid) - cpu).toFixed(1)} s of processor time, most memory ${await watch()} MB`,
  );
  const stored = path.join(data, 'symbols', bigKey);
  const whole = statSync(stored).size;
  began = performance.now();
  await pipeline(createReadStream(stored, { highWaterMark: 256 * 1024 }), createWriteStream('/dev/null'));
  const read = whole / 1e6 / ((performance.now() - began) / 1000);
  const watchDownload = memoryWatch(pid);
  began = performance.now();
  curl(['--header', 'accept-encoding: gzip', '--output', '/dev/null', `${url}/${bigKey}`]);
  const given = whole / 1e6 / ((performance.now() - began) / 1000);
  console.log(
    `download of its ${(whole / 1e6).toFixed(0)} MB of gzip: ${given.toFixed(0)} MB/s (the file read alone: ${read.toFixed(0)} MB/s), ` +
      `most memory ${await watchDownload()} MB`,
  );
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Entries of a folder that may not be there yet. */
function countOf(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).length : 0;
}

/** Some 1.2 KB, as many libraries of a system have. */
function smallFile(number: number): { name: string; id: string; key: string; text: string } {
  const name = `lib${number}.so`;
  const id = `${number.toString(16).padStart(32, '0').toUpperCase()}0`;
  const rows = Array.from({ length: 20 }, (_, at) => {
    const address = (0x1000 + at * 32).toString(16);
    return `FUNC ${address} 20 0 work_${number}_${at}\n${address} 20 ${at + 1} 0\n`;
  }).join('');
  return { name, id, key: `${name}/${id}/${name}.sym`, text: `MODULE Linux x86_64 ${id} ${name}\nFILE 0 a.c\n${rows}` };
}

function curl(args: string[]): string {
  const all = ['--silent', '--show-error', '--fail-with-body', ...args];
  return execFileSync('curl', all, { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** Seconds of processor time of the server's own process. */
function processorTime(pid: number): number {
  const fields =
    execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' })
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Watches RssAnon + RssShmem of the server's process from a shell, because this one waits; the most seen, in MB. */
function memoryWatch(pid: number): () => Promise<string> {
  const folder = path.join(temporaryFolder(), 'watch');
  mkdirSync(folder);
  const script = `while [ ! -e ${folder}/stop ]; do awk '/RssAnon|RssShmem/ { sum += $2 } END { print sum }' /proc/${pid}/status; sleep 0.1; done > ${folder}/log`;
  execFileSync('sh', ['-c', `(${script}) >/dev/null 2>&1 &`]);
  return async () => {
    execFileSync('touch', [`${folder}/stop`]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const most = execFileSync('sh', ['-c', `sort -n ${folder}/log | tail -1`], { encoding: 'utf8' });
    return (Number(most) / 1024).toFixed(0);
  };
}

function numberOf(name: string, usual: number): number {
  const at = process.argv.indexOf(name);
  return at < 0 ? usual : Number(process.argv[at + 1]);
}
