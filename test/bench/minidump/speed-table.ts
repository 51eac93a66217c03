/**
 * The walker's speed beside `minidump-stackwalk` (where it is installed, one process for each run, as its users have
 * it), as one table with ratios. Cases that are compared run turn by turn, so that a busy machine slows both. Needs the
 * corpus, and `npm run build:server` before; makes a symbol file of 327 MB where `make-big-sym` stands beside the
 * repository.
 *
 *     node test/bench/run.js test/bench/minidump/speed-table.ts
 */
import { loadavg } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeSparseDump } from '../../system/sparse-dump.js';
import { corpus, makeBigSymbols } from './inputs.js';
import { hasPeer, runCommand, runPeer } from './programs.js';
import { scanMillionWords, walkWarm, walkWithPool } from './warm-walks.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'faultline-bench-'));

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[values.length >> 1] ?? NaN;
}

const times = (count: number, run: () => number): number => median(Array.from({ length: count }, run));

/** Milliseconds, megabytes and their limits; what there is none of is left out. */
interface Row {
  name: string;
  ours: number;
  theirs?: number;
  /** Of ours to theirs. */
  aim?: number;
  /** Milliseconds. */
  limit?: number;
  memory?: number;
  memoryLimit?: number;
}

function print({ name, ours, theirs, aim, limit, memory, memoryLimit }: Row): void {
  const cells = [name.padEnd(52), `${ours.toFixed(1)} ms`.padStart(11)];
  const isCompared = theirs !== undefined && hasPeer;
  cells.push((isCompared ? `${theirs.toFixed(1)} ms` : '').padStart(11));
  const ratio = isCompared ? ours / theirs : NaN;
  cells.push((isCompared ? `${ratio.toFixed(3)} of ${aim}` : limit === undefined ? '' : `of ${limit} ms`).padStart(16));
  cells.push((memory === undefined ? '' : `${memory.toFixed(0)} of ${memoryLimit} MB`).padStart(14));
  const isMissed = ratio > (aim ?? Infinity) || ours > (limit ?? Infinity) || (memory ?? 0) > (memoryLimit ?? Infinity);
  console.log(cells.join(' ') + (isMissed ? '  MISSED' : ''));
}

async function warm(dump: string, symbols: string | null, aim: number): Promise<void> {
  const walk = await walkWarm(dump, symbols);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < 21; turn++) {
    ours.push(await walk());
    theirs.push(runPeer(dump, symbols).milliseconds);
  }
  const name = `warm: ${path.basename(dump)}${symbols === null ? '' : ' with symbols'}`;
  print({ name, ours: median(ours), theirs: median(theirs), aim });
}

async function bigSymbols(): Promise<void> {
  const folder = await makeBigSymbols(scratch);
  if (folder === null) return console.log('no make-big-sym beside the repository: no walks with 327 MB of symbols');
  const dump = corpus('rust-minidump/test.dmp');
  const walk = (cache: string) =>
    runCommand(['--json', '--symbols-path', folder, '--symbols-cache', path.join(scratch, cache), dump]);
  const peer = () => runPeer(dump, folder).milliseconds;
  const first = [1, 2, 3].map((turn) => ({ ...walk(`cache-${turn}`), theirs: peer() }));
  print({
    name: 'first walk with 327 MB of symbols, process',
    ours: median(first.map(({ milliseconds }) => milliseconds)),
    theirs: median(first.map(({ theirs }) => theirs)),
    aim: 1,
    memory: Math.max(...first.map(({ megabytes }) => megabytes)),
    memoryLimit: 350,
  });
  const later = Array.from({ length: 9 }, () => walk('cache-1'));
  print({
    name: 'later walk with them, process',
    ours: median(later.map(({ milliseconds }) => milliseconds)),
    theirs: median(first.map(({ theirs }) => theirs)),
    aim: 0.025,
    memory: Math.max(...later.map(({ megabytes }) => megabytes)),
    memoryLimit: 120,
  });
}

async function sparse(): Promise<void> {
  const file = path.join(scratch, 'sparse.dmp');
  await writeSparseDump(file);
  const { milliseconds, megabytes } = runCommand(['--json', file]);
  print({ name: 'a dump of 2 GiB, process', ours: milliseconds, memory: megabytes, memoryLimit: 200 });
}

try {
  console.log(`load ${loadavg()[0]?.toFixed(1)}; ours, minidump-stackwalk, ratio of aim, memory of limit`);
  await warm(corpus('rust-minidump/test.dmp'), null, 1);
  await warm(corpus('chromium/e0ead785-6ebd-44eb-a29b-fced5c75e46a.dmp'), null, 1);
  await warm(corpus('breakpad/stack_exhaustion.dmp'), null, 1);
  await warm(corpus('node-minidump/mac.dmp'), null, 1);
  await warm(corpus('rust-minidump/test.dmp'), corpus('rust-minidump/symbols'), 0.25);
  await warm(corpus('own/crashy.dmp'), corpus('own/symbols'), 0.25);
  await bigSymbols();
  print({ name: '200 dumps with symbols, warm pool of two', ...(await walkWithPool(200, scratch)), aim: 0.2 });
  await sparse();
  const small = corpus('rust-minidump/test.dmp');
  const bare = times(9, () => runCommand(null).milliseconds);
  print({ name: 'faultline stackwalk, process', ours: times(9, () => runCommand([small]).milliseconds), limit: 250 });
  print({ name: '(node that does nothing, process)', ours: bare });
  print({ name: 'scan of 1 M words', ours: scanMillionWords(), limit: 5 });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
