/**
 * Walks dumps in a warm process, beside `minidump-stackwalk` where it is installed (one process for each run, as its
 * users have it), and prints the ratio. Needs the corpus.
 *
 *     node test/bench/run.js test/bench/minidump/walk-bench.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkJsonText, walkMinidump, writeMinidumpSource } from '@faultline/minidump';
import type { SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource, type RandomAccessSource } from '@faultline/sdk/random-access-source';
import { breakpadPath, openSymbolText } from '@faultline/symbols';

const corpus = process.env['FAULTLINE_CORPUS'] ?? join(process.cwd(), '../shared/corpus');
const peer = 'minidump-stackwalk';
const hasPeer = spawnSync(peer, ['--version']).status === 0;
const gigabyte = 1 << 30;

const cases = [
  { dump: 'rust-minidump/test.dmp', symbols: null, aim: 1 },
  { dump: 'chromium/e0ead785-6ebd-44eb-a29b-fced5c75e46a.dmp', symbols: null, aim: 1 },
  { dump: 'breakpad/stack_exhaustion.dmp', symbols: null, aim: 1 },
  { dump: 'node-minidump/mac.dmp', symbols: null, aim: 1 },
  { dump: 'rust-minidump/test.dmp', symbols: 'rust-minidump/symbols', aim: 0.25 },
  { dump: 'own/crashy.dmp', symbols: 'own/symbols', aim: 0.25 },
];

function median(times: number[]): number {
  return times.sort((one, other) => one - other)[times.length >> 1] ?? NaN;
}

async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
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
      const file = place === null ? '' : join(folder, place.folder, place.id, place.file);
      const lookup = known.get(file) ?? read(file);
      known.set(file, lookup);
      return lookup;
    },
  };
}

async function walkCase({ dump, symbols, aim }: (typeof cases)[number]): Promise<void> {
  const file = join(corpus, dump);
  const source = bytesSource(readFileSync(file));
  const provider = symbols === null ? null : warmSymbols(join(corpus, symbols));
  const walk = async () => walkJsonText(await walkMinidump({ source, symbols: provider }));
  const args = ['--json', ...(symbols === null ? [] : ['--symbols-path', join(corpus, symbols)]), file];
  const walkByPeer = () => execFileSync(peer, args, { stdio: 'pipe', maxBuffer: 1 << 28 });
  for (let count = 0; count < 60; count++) await walk();
  // Turn by turn, so that a busy machine slows both.
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let count = 0; count < 21; count++) {
    times.ours.push(await timed(walk));
    if (hasPeer) times.theirs.push(await timed(walkByPeer));
  }
  const ours = median(times.ours);
  const theirs = median(times.theirs);
  const name = `${dump}${symbols === null ? '' : ' with symbols'}`;
  console.log(
    `${name.padEnd(62)} ours ${ours.toFixed(2)} ms, ${peer} ${theirs.toFixed(2)} ms, ratio ${(ours / theirs).toFixed(2)} (aim ${aim})`,
  );
}

/** A full dump of 2 GiB, most of it sparse; the memory of the process is what counts. */
async function largeDump(): Promise<void> {
  const stack = 0x7000_0000_0000n;
  const registers = { rip: 0x40_1000n, rsp: stack + 0x1000n };
  const source: RandomAccessSource = writeMinidumpSource({
    modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '/bin/app' }],
    threads: [{ id: 1, registers, stack: { start: stack, isElsewhere: true } }],
    exception: { threadId: 1, code: 11, flags: 1, registers },
    memory64: [{ start: stack, contents: { size: 2 * gigabyte } }],
  });
  const before = process.memoryUsage().rss;
  const time = await timed(() => walkMinidump({ source }));
  const { rss } = process.memoryUsage();
  console.log(
    `a 2 GiB dump: ${time.toFixed(1)} ms, RSS ${(rss >> 20).toString()} MB (${(rss - before) >> 20} MB more; aim 200 MB in all)`,
  );
}

for (const one of cases) await walkCase(one);
await largeDump();
