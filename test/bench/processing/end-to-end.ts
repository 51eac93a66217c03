/**
 * Crashes a second from the post to the search index, with real minidumps and warm symbols, in one real server; and
 * its memory on the way. Posts are on time when the queue stays short: it posts as fast as the server answers, at most
 * a few hundred ahead of what is processed. Needs the build and the corpus.
 *
 *     node test/bench/run.js test/bench/processing/end-to-end.ts [crashes]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Reader, submitAccepted } from '../../system/crash-client.js';
import { cleanUp, startServer, type RunningServer } from '../../system/server-process.js';

/** A bench is bundled elsewhere, so the module's own place tells nothing. */
const corpusFolder = process.env['FAULTLINE_CORPUS'] ?? path.resolve('../shared/corpus');
const total = Number(process.argv[2] ?? 2000);
const posters = 6;
const mostAhead = 200;
/** The corpus has a few of tens of megabytes, which no crash reporter sends by the hundred. */
const largestDump = 400_000;

interface Dump {
  name: string;
  bytes: Uint8Array;
}

function corpusDumps(): Dump[] {
  const names = readdirSync(corpusFolder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.dmp') && /^(breakpad|rust-minidump|own)\//.test(name));
  return files
    .map((name) => path.join(corpusFolder, name))
    .filter((file) => statSync(file).size <= largestDump && readFileSync(file).subarray(0, 4).toString() === 'MDMP')
    .map((file) => ({ name: path.basename(file), bytes: readFileSync(file) }));
}

const symbolFolders = ['own/symbols', 'breakpad/symbols', 'rust-minidump/symbols', 'rust-minidump/breakpad-symbols'];

async function main(): Promise<void> {
  const dumps = corpusDumps();
  const paths = symbolFolders.map((folder) => path.join(corpusFolder, folder));
  const server = await startServer({ args: ['--set', `symbols.paths=${JSON.stringify(paths)}`] });
  const reader = await Reader.of(server);
  // Symbols are indexed and programs warm after each dump has been there once.
  for (const dump of dumps) await post(server, dump);
  await drained(reader, 0);
  const kilobytes = dumps.reduce((sum, { bytes }) => sum + bytes.length, 0) / dumps.length / 1024;
  console.log(`${dumps.length} dumps of ${kilobytes.toFixed(0)} KB on average; warm: ${megabytes(server)} MB`);

  const began = performance.now();
  const before = processorSeconds(server.pid);
  let posted = 0;
  let ahead = 0;
  const watch = setInterval(
    () =>
      void depth(reader).then(
        (value) => (ahead = value),
        () => {
          // The next look tells.
        },
      ),
    200,
  );
  const step = Math.max(1, Math.round(total / 10));
  const poster = async (): Promise<void> => {
    while (posted < total) {
      const dump = dumps[posted % dumps.length];
      posted += 1;
      if (posted % step === 0) {
        const seconds = (performance.now() - began) / 1000;
        console.log(`${posted} posted after ${seconds.toFixed(1)} s, ${ahead} in the queue, ${megabytes(server)} MB`);
      }
      if (dump !== undefined) await postAgain(server, dump);
      while (ahead > mostAhead) await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: posters }, poster));
  await drained(reader, dumps.length + total);
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const after = processorSeconds(server.pid);
  const [host, children] = [after.host - before.host, after.children - before.children];
  const used = host + children;
  console.log(`${total} crashes in ${seconds.toFixed(1)} s: ${(total / seconds).toFixed(1)} a second`);
  const perCrash = (value: number) => ((value / total) * 1000).toFixed(1);
  console.log(
    `${perCrash(used)} ms of processor time a crash (server ${perCrash(host)}, walkers ${perCrash(children)}):` +
      ` ${(2 / (used / total)).toFixed(0)} a second on two free cores`,
  );
  console.log(`memory at the end: ${megabytes(server)} MB`);
  await server.stop();
}

async function post(server: RunningServer, { name, bytes }: Dump): Promise<void> {
  await submitAccepted(
    server.url,
    { ProductName: 'Bench', Version: '1.0', Dump: name },
    { upload_file_minidump: bytes },
  );
}

/** A kept connection that the server closes at that moment is no fault of either. */
async function postAgain(server: RunningServer, dump: Dump): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await post(server, dump);
      return;
    } catch (error) {
      if (!(error instanceof TypeError) || attempt === 3) throw error;
    }
  }
}

async function depth(reader: Reader): Promise<number> {
  const { queues } = await reader.get<{ queues: { depth: number }[] }>('/api/v1/status');
  return queues.reduce((sum, queue) => sum + queue.depth, 0);
}

/** Waits until nothing is in the queue or on its way to the index. */
async function drained(reader: Reader, crashes: number): Promise<void> {
  for (;;) {
    const status = await reader.get<{ outbox: { rows: number }[]; index: { crashes: number } }>('/api/v1/status');
    const owed = status.outbox.reduce((sum, { rows }) => sum + rows, 0);
    if ((await depth(reader)) === 0 && owed === 0 && status.index.crashes >= crashes) return;
    await sleep(100);
  }
}

/** Of the process, and of those it started, the ended ones with them. */
function processorSeconds(pid: number): { host: number; children: number } {
  let [host, children] = [0, 0];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statOf(entry);
    if (Number(entry) === pid) {
      host += sumOf(fields.slice(11, 13));
      children += sumOf(fields.slice(13, 15));
    } else if (Number(fields[1]) === pid) children += sumOf(fields.slice(11, 13));
  }
  return { host: host / 100, children: children / 100 };
}

/** Fields of proc(5) stat from the third on; empty when it has ended. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function sumOf(texts: string[]): number {
  return texts.reduce((sum, text) => sum + Number(text), 0);
}

function megabytes(server: RunningServer): string {
  return (server.memory() / 1e6).toFixed(0);
}

try {
  await main();
} finally {
  cleanUp();
}
