import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { walkJsonText, walkMinidump } from '@faultline/minidump';
import type { SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { breakpadPath, openSymbolText } from '@faultline/symbols';
import { WalkerPool } from '../../../plugins/stackwalk/src/pool/walker-pool.js';
import { ModuleMap } from '../../../sdk/minidump/src/unwind/index.js';
import { findCodePointer } from '../../../sdk/minidump/src/unwind/scan.js';
import { StackMemory } from '../../../sdk/minidump/src/unwind/stack-memory.js';
import { corpus } from './inputs.js';
import { hasPeer, startPeer } from './programs.js';

/** Walks in this process that has walked the dump before; gives milliseconds. */
export async function walkWarm(dump: string, symbols: string | null): Promise<() => Promise<number>> {
  const source = bytesSource(readFileSync(dump));
  const provider = symbols === null ? null : warmSymbols(symbols);
  const walk = async () => {
    const start = performance.now();
    walkJsonText(await walkMinidump({ source, symbols: provider }));
    return performance.now() - start;
  };
  for (let count = 0; count < 60; count++) await walk();
  return walk;
}

/** Keeps what it found, as a warm process does. */
function warmSymbols(folder: string): SymbolProvider {
  const known = new Map<string, Promise<SymbolLookup>>();
  const read = async (file: string): Promise<SymbolLookup> => {
    try {
      return { symbols: await openSymbolText(readFileSync(file), file), attempts: [], isCorrupt: false, url: null };
    } catch {
      // No such file: the module has no symbols here.
      return { symbols: null, attempts: [], isCorrupt: false, url: null };
    }
  };
  return {
    find(module) {
      const place = breakpadPath(module);
      const file = place === null ? '' : path.join(folder, place.folder, place.id, place.file);
      const lookup = known.get(file) ?? read(file);
      known.set(file, lookup);
      return lookup;
    },
  };
}

const withSymbols = [
  { dump: 'rust-minidump/test.dmp', symbols: 'rust-minidump/symbols' },
  { dump: 'own/crashy.dmp', symbols: 'own/symbols' },
  { dump: 'breakpad/linux_overflow.dmp', symbols: 'breakpad/symbols' },
];

/** Wall time of so many dumps through a pool of two that is warm, and of as many processes of the peer, two at a time. */
export async function walkWithPool(count: number, scratch: string): Promise<{ ours: number; theirs: number }> {
  const pool = new WalkerPool({
    module: path.resolve('plugins/stackwalk/dist/bundled/walk-program.js'),
    processes: 2,
    idleAfter: 60_000,
    jobsPerProcess: 10_000,
    timeLimit: 60_000,
    memoryLimit: 2 ** 30,
  });
  const module = pathToFileURL(path.resolve('plugins/symbols/dist/sources.js')).href;
  const options = {
    paths: [...new Set(withSymbols.map(({ symbols }) => corpus(symbols)))],
    cacheFolder: path.join(scratch, 'pool-cache'),
  };
  const jobs = Array.from({ length: count }, (_, index) => withSymbols[index % withSymbols.length] ?? withSymbols[0]);
  const walk = async ({ dump }: { dump: string }) => {
    const request = { dump: { path: corpus(dump) }, sources: [{ module, options }], evil: null, timeBudget: 60_000 };
    const outcome = await pool.walk(request, new AbortController().signal);
    if (outcome.kind !== 'reply' || !outcome.reply.ok) throw new Error(`${dump}: ${JSON.stringify(outcome)}`);
    JSON.parse(outcome.reply.json);
  };
  const all = () => Promise.all(jobs.map((job) => walk(job ?? { dump: '' })));
  const turns = { ours: [] as number[], theirs: [] as number[] };
  try {
    await all();
    for (let turn = 0; turn < 3; turn++) {
      const start = performance.now();
      await all();
      turns.ours.push(performance.now() - start);
      turns.theirs.push(hasPeer ? await walkWithPeer(jobs) : NaN);
    }
    return { ours: middle(turns.ours), theirs: middle(turns.theirs) };
  } finally {
    pool.close();
  }
}

function middle(values: number[]): number {
  return values.sort((one, other) => one - other)[values.length >> 1] ?? NaN;
}

async function walkWithPeer(jobs: readonly ({ dump: string; symbols: string } | undefined)[]): Promise<number> {
  const waiting = [...jobs];
  const start = performance.now();
  const lane = async () => {
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      await startPeer(corpus(job.dump), corpus(job.symbols));
    }
  };
  await Promise.all([lane(), lane()]);
  return performance.now() - start;
}

/** A stack as stacks are: small numbers, pointers into itself, into the heap, and between 120 modules. */
export function scanMillionWords(): number {
  const words = 1_000_000;
  const start = 0x7ffd_0000_0000n;
  const bytes = new Uint8Array(words * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < words; index++) {
    const kinds = [BigInt(index % 4096), start + BigInt(index * 8), 0x5555_0000_1000n, 0x7f00_0040_0000n, 0n];
    view.setBigUint64(index * 8, kinds[index % kinds.length] ?? 0n, true);
  }
  const modules = new ModuleMap(
    Array.from({ length: 120 }, (_, index) => ({
      ...{ index, base: 0x7f00_0000_0000n + BigInt(index) * 0x100_0000n, size: 0x20_0000, codeFile: `m${index}` },
      ...{ codeId: '', debugFile: '', debugId: '', version: null, timestamp: 0, checksum: 0 },
    })),
  );
  const stack = new StackMemory({ start, bytes, littleEndian: true });
  const times = Array.from({ length: 21 }, () => {
    const began = performance.now();
    if (findCodePointer({ stack, modules, wordBytes: 8, from: 0, end: stack.size }) !== -1) throw new Error('a hit');
    return performance.now() - began;
  });
  return middle(times);
}
