import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakpadText, humanText, walkJsonText, walkMinidump, writeMinidump } from '@faultline/minidump';
import { isFaultlineError } from '@faultline/sdk/errors';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { smallDump } from '../described-dump.js';
import { mutate } from './mutate.js';

requireCorpus();

/** `FAULTLINE_FUZZ_SECONDS` makes it longer. */
const seconds = Number(process.env['FAULTLINE_FUZZ_SECONDS'] ?? 3);
/** One damaged dump may take this long, machine in use by others included. */
const longestCase = 5000;

/** Walks and prints; a failure must be one of ours. */
async function walkHostile(bytes: Uint8Array): Promise<'walked' | 'refused'> {
  const started = performance.now();
  try {
    const result = await walkMinidump({ source: bytesSource(bytes), limits: { unwind: { maxMilliseconds: 2000 } } });
    for (const text of [walkJsonText(result), breakpadText(result), humanText(result)]) expect(text).not.toBe('');
    expect(result.problems.filter(({ code }) => code === 'STREAM_FAILED')).toEqual([]);
    return 'walked';
  } catch (error) {
    if (!isFaultlineError(error)) throw error;
    expect(error.kind).not.toBe('Internal');
    return 'refused';
  } finally {
    expect(performance.now() - started).toBeLessThan(longestCase);
  }
}

/** However slow the machine is. */
const fewestCases = 60;

async function walkMutations(samples: Uint8Array[], firstSeed: number) {
  const end = performance.now() + seconds * 1000;
  const counts = { walked: 0, refused: 0 };
  for (let seed = firstSeed; seed < firstSeed + fewestCases || performance.now() < end; seed++) {
    const sample = samples[seed % samples.length] ?? new Uint8Array();
    const damaged = mutate(sample, seed);
    const outcome = await walkHostile(damaged).catch((cause: unknown) => {
      throw new Error(`seed ${seed}`, { cause });
    });
    counts[outcome] += 1;
  }
  return counts;
}

describe('damaged dumps', () => {
  it(
    'of the writer end in a result or an error of ours',
    async () => {
      const samples: Uint8Array[] = [];
      for (const cpu of ['amd64', 'x86', 'arm', 'arm64', 'mips', 'ppc64', 'riscv64'] as const) {
        for (const os of ['Linux', 'Windows NT', 'Mac OS X'] as const) {
          samples.push(
            await writeMinidump({
              ...smallDump,
              threads: (smallDump.threads ?? []).map((thread) => ({
                ...thread,
                shadowStack: { pointer: 0x6000_0000n, words: [0x40_1234n], hasAvxState: true },
              })),
              cpu,
              os,
              littleEndian: cpu !== 'mips',
              crashpad: {
                annotations: { a: 'b' },
                modules: [{ moduleIndex: 0, objects: [{ name: 'n', type: 1, value: 'v' }] }],
              },
              handles: [{ handle: 1, objectName: 'x' }],
              unloadedModules: [{ base: 0x1000n, size: 0x1000, name: 'gone' }],
              miscInfo: { version: 5, processId: 1 },
              memoryInfo: [{ base: 0x1000n, size: 0x1000 }],
              linux: { maps: '00400000-00401000 r-xp 0 0:0 0 x\n', limits: 'a  b  c  d\n', lsbRelease: 'ID=x\n' },
              macCrashInfo: [{ version: 5, message: 'm' }],
              softErrors: '{}',
              functionTables: [
                {
                  minimumAddress: 0n,
                  maximumAddress: 9n,
                  baseAddress: 0n,
                  functions: [{ begin: 1, end: 2, unwindInfo: 3 }],
                },
              ],
              handleOperations: [{ handle: 1n, processId: 1, threadId: 1, operation: 'open', trace: [1n] }],
              tokens: [{ id: 1, handle: 1n, size: 24 }],
              stabilityReport: {
                processes: [],
                system: { commitLimit: 4096, commitRemaining: 4096, handleCount: 1 },
              },
            }),
          );
        }
      }
      const counts = await walkMutations(samples, 1);
      expect(counts.walked).toBeGreaterThan(20);
    },
    seconds * 1000 + 30_000,
  );

  it.skipIf(!hasCorpus)(
    'of the corpus end in a result or an error of ours',
    async () => {
      const names = [
        'rust-minidump/test.dmp',
        'rust-minidump/linux-mini.dmp',
        'rust-minidump/invalid-parameter.dmp',
        'rust-minidump/simple-crashpad.dmp',
        'breakpad/tiny-exe-with-cet-xsave.dmp',
        'breakpad/linux_overflow.dmp',
        'own/crashy.dmp',
      ];
      const counts = await walkMutations(
        names.map((name) => readFileSync(corpusPath(name))),
        100_000,
      );
      expect(counts.walked).toBeGreaterThan(20);
    },
    seconds * 1000 + 30_000,
  );

  it('cut at any length end in a result or an error of ours', async () => {
    const bytes = await writeMinidump(smallDump);
    for (let length = 0; length < bytes.byteLength; length += 7) await walkHostile(bytes.subarray(0, length));
  });

  it('made of any bytes after a true header are refused or walked', async () => {
    const head = (await writeMinidump(smallDump)).subarray(0, 32);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (tail) => {
        const bytes = new Uint8Array(32 + tail.byteLength);
        bytes.set(head);
        bytes.set(tail, 32);
        new DataView(bytes.buffer).setUint32(12, 32, true);
        await walkHostile(bytes);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
