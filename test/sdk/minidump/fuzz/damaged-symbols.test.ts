import { describe, expect, it } from 'vitest';
import { type DumpDescription, walkJsonText, walkMinidump, writeMinidump } from '@faultline/minidump';
import { isFaultlineError } from '@faultline/sdk/errors';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { buildSymbolIndexInMemory, checkSymbolFile, openSymbolIndex } from '@faultline/symbols';
import { mutate, randomFrom } from './mutate.js';

/** `FAULTLINE_FUZZ_SECONDS` makes it longer. */
const seconds = Number(process.env['FAULTLINE_FUZZ_SECONDS'] ?? 2);
/** One walk may take this long, machine in use by others included. */
const longestCase = 5000;

const base = 0x40_0000n;
const stackStart = 0x7fff_0000n;

/** Every kind of record, around the addresses that the stack below has. */
const texts = {
  amd64: `MODULE Linux x86_64 A1B2C3D4E5F607180000000000000000 app
FILE 0 a.c
FILE 1 b.c
INLINE_ORIGIN 0 inlined
FUNC 1000 100 0 first
INLINE 0 5 0 0 1000 40
INLINE 1 6 1 0 1010 10
1000 40 1 0
1040 c0 2 1
FUNC m 1200 100 8 second
1200 100 3 1
PUBLIC 2000 0 exported
PUBLIC m 5600 10 other
STACK CFI INIT 1000 100 .cfa: $rsp 8 + .ra: .cfa -8 + ^
STACK CFI 1001 .cfa: $rsp 16 + $rbp: .cfa -16 + ^
STACK CFI 1004 .cfa: $rbp 16 + $rbx: $rax 3 * 7 / 5 % 4096 @
STACK CFI INIT 1200 100 .cfa: $rbp 16 + .ra: .cfa -8 + ^ $rbp: .cfa -16 + ^
`,
  x86: `MODULE windows x86 A1B2C3D4E5F607180000000000000000 app
FILE 1 a.cpp
FUNC 1000 100 4 first
1000 100 1 1
FUNC 1200 100 8 second
STACK WIN 4 1000 100 3 0 4 8 10 0 1 $T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =
STACK WIN 4 1200 80 1 1 0 4 20 0 1 $T0 .raSearchStart = $eip $T0 ^ = $esp $T0 4 + = $ebx $T0 4 - ^ =
STACK WIN 4 1280 80 1 1 0 4 20 0 1 $T1 $esp 16 @ = $eip $T1 ^ = $esp $T1 .cbParams + .cbLocals - .cbSavedRegs + =
STACK WIN 0 5600 100 1 1 4 0 8 0 0 1
STACK CFI INIT 2000 100 .cfa: $esp 4 + .ra: .cfa 4 - ^
`,
};
const tokens =
  '$esp $rsp $ebp ^ @ + - * / % = .cfa .cfa: .ra: $T0 .raSearch 0 -1 ffffffffffffffff 7fffffff 1000 STACK CFI INIT WIN 4';
const words = tokens.split(' ');

/** Some of the words of a text changed for others that mean something. */
function mutateText(text: string, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const parts = text.split(/([ \n])/);
  for (let change = 1 + below(6); change > 0; change--) {
    parts[2 * below(parts.length / 2)] = random() < 0.2 ? '' : (words[below(words.length)] ?? '');
  }
  const bytes = new TextEncoder().encode(parts.join(''));
  return random() < 0.3 ? mutate(bytes, seed) : bytes;
}

function dumpFor(cpu: 'amd64' | 'x86', seed: number): DumpDescription {
  const random = randomFrom(seed);
  const width = cpu === 'x86' ? 4n : 8n;
  const places = [0x1004n, 0x1024n, 0x1234n, 0x1290n, 0x2010n, 0x5678n];
  const stackWords = Array.from({ length: 200 }, (_, index) => {
    if (random() < 0.4) return base + (places[Math.floor(random() * places.length)] ?? 0n);
    return random() < 0.5 ? stackStart + BigInt(index + 2) * width : BigInt(Math.floor(random() * 4096));
  });
  const [instruction, stack, frame] = cpu === 'x86' ? ['eip', 'esp', 'ebp'] : ['rip', 'rsp', 'rbp'];
  const registers = { [instruction]: base + 0x1004n, [stack]: stackStart, [frame]: stackStart + 2n * width };
  return {
    cpu,
    os: cpu === 'x86' ? 'Windows NT' : 'Linux',
    modules: [{ base, size: 0x1_0000, name: 'app', codeView: { kind: 'elf', buildId: 'a1b2c3d4e5f60718' } }],
    threads: [{ id: 1, registers, stack: { start: stackStart, words: stackWords } }],
    exception: { threadId: 1, code: 11, address: 0x45n, registers },
  };
}

async function walkWith(index: Uint8Array, dump: Uint8Array): Promise<void> {
  const symbols = await openSymbolIndex(bytesSource(index), 'damaged');
  const find = () => Promise.resolve({ symbols, attempts: [], isCorrupt: false, url: null });
  const limits = { unwind: { maxMilliseconds: 2000 } };
  const result = await walkMinidump({ source: bytesSource(dump), symbols: { find }, limits });
  expect(walkJsonText(result)).not.toBe('');
}

/** However slow the machine is. */
const fewestCases = 30;

/** Runs cases until the time is over; a failure must be one of ours. */
async function fuzz(one: (seed: number) => Promise<void>): Promise<{ done: number; refused: number }> {
  const counts = { done: 0, refused: 0 };
  const end = performance.now() + seconds * 1000;
  for (let seed = 1; seed <= fewestCases || performance.now() < end; seed++) {
    const began = performance.now();
    try {
      await one(seed);
      counts.done += 1;
    } catch (error) {
      if (!isFaultlineError(error) || error.kind === 'Internal') throw new Error(`seed ${seed}`, { cause: error });
      counts.refused += 1;
    }
    expect(performance.now() - began, `seed ${seed}`).toBeLessThan(longestCase);
  }
  return counts;
}

describe.each(['amd64', 'x86'] as const)('damaged symbols of %s', (cpu) => {
  it(
    'as text: are indexed, checked and walked with, whatever their programs say',
    { timeout: seconds * 1000 + 30_000 },
    async () => {
      const { done } = await fuzz(async (seed) => {
        const text = mutateText(texts[cpu], seed);
        await checkSymbolFile([text]);
        await walkWith(await buildSymbolIndexInMemory([text]), await writeMinidump(dumpFor(cpu, seed)));
      });
      expect(done).toBeGreaterThan(20);
    },
  );

  it('as an index: are refused, or walked with', { timeout: seconds * 1000 + 30_000 }, async () => {
    const index = await buildSymbolIndexInMemory([new TextEncoder().encode(texts[cpu])]);
    const dump = await writeMinidump(dumpFor(cpu, 1));
    const { done, refused } = await fuzz((seed) => walkWith(mutate(index, seed), dump));
    expect(done + refused).toBeGreaterThan(20);
  });
});
