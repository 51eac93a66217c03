import { bench, describe } from 'vitest';
import { decodeAmd64 } from '../../../sdk/minidump/src/disassembly/x86/decoder.js';
import type { ModuleRecord } from '../../../sdk/minidump/src/model/module-record.js';
import { defaultUnwindLimits, ModuleMap, unwindThread } from '../../../sdk/minidump/src/unwind/index.js';
import { findCodePointer } from '../../../sdk/minidump/src/unwind/scan.js';
import { StackMemory } from '../../../sdk/minidump/src/unwind/stack-memory.js';
import { textSymbols } from '../../sdk/minidump/unwind/text-symbols.js';

/** `npx vitest bench --run --config test/vitest.config.ts test/bench/minidump` */

const words = 1_000_000;
const start = 0x7ffd_0000_0000n;

function modulesOf(count: number): ModuleRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    base: 0x7f00_0000_0000n + BigInt(index) * 0x100_0000n,
    size: 0x20_0000,
    codeFile: `m${String(index)}`,
    codeId: '',
    debugFile: `m${String(index)}`,
    debugId: '',
    version: null,
    timestamp: 0,
    checksum: 0,
  }));
}

/** A stack as stacks are: small numbers, pointers into itself, into the heap, and between modules. */
function stackWords(): StackMemory {
  const bytes = new Uint8Array(words * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < words; index++) {
    const kinds = [BigInt(index % 4096), start + BigInt(index * 8), 0x5555_0000_1000n, 0x7f00_0040_0000n, 0n];
    view.setBigUint64(index * 8, kinds[index % kinds.length] ?? 0n, true);
  }
  return new StackMemory({ start, bytes, littleEndian: true });
}

describe('stack scan', () => {
  const stack = stackWords();
  const modules = new ModuleMap(modulesOf(120));
  bench('1 M words, none of them code, 120 modules', () => {
    const hit = findCodePointer({ stack, modules, wordBytes: 8, from: 0, end: stack.size });
    if (hit !== -1) throw new Error('no word of this stack points to code');
  });
});

describe('walk', () => {
  const [module] = modulesOf(1) as [ModuleRecord];
  const frames = 60;
  const bytes = new Uint8Array(frames * 32 + 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < frames; index++) {
    view.setBigUint64(index * 32 + 24, index === frames - 1 ? 0n : module.base + 0x1010n, true);
  }
  const symbols = textSymbols(
    'FUNC 1000 100 0 f\nSTACK CFI INIT 1000 100 .cfa: $rsp 32 + .ra: .cfa -8 + ^ $rbx: .cfa -16 + ^ $rbp: .cfa -24 + ^',
  );
  bench('60 frames by CFI, rows in memory', async () => {
    const walk = unwindThread({
      cpu: 'amd64',
      os: 'Linux',
      context: {
        cpu: 'amd64',
        registers: new Map([
          ['rip', module.base + 0x1010n],
          ['rsp', start],
        ]),
      },
      stack: { start, bytes, littleEndian: true },
      modules: new ModuleMap([module]),
      symbols: () => symbols,
      limits: defaultUnwindLimits,
    });
    let count = 0;
    for await (const _frame of walk) count++;
    if (count !== frames) throw new Error(`walked ${String(count)} frames`);
  });
});

describe('disassembly', () => {
  const code = Uint8Array.of(0x42, 0x89, 0x3c, 0x8a);
  bench('one amd64 instruction', () => {
    if (decodeAmd64(code)?.text !== 'mov dword [rdx + r9 * 4], edi') throw new Error('wrong text');
  });
});
