import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModuleMap } from '../../../../sdk/minidump/src/unwind/index.js';
import { moduleRecord } from './text-stack.js';

function mapOf(...ranges: [base: bigint, size: number][]): ModuleMap {
  return new ModuleMap(ranges.map(([base, size], index) => moduleRecord({ base, size }, index)));
}

describe('ModuleMap', () => {
  it('finds the module of an address: first and last byte, not one beyond', () => {
    const map = mapOf([0x3000n, 0x1000], [0x1000n, 0x1000]);
    expect(map.moduleAt(0x0fffn)).toBeNull();
    expect(map.moduleAt(0x1000n)?.index).toBe(1);
    expect(map.moduleAt(0x1fffn)?.index).toBe(1);
    expect(map.moduleAt(0x2000n)).toBeNull();
    expect(map.moduleAt(0x3fffn)?.index).toBe(0);
  });

  it('gives an overlapped address to the module that starts first, and makes the other unreachable', () => {
    const map = mapOf([0x1800n, 0x1000], [0x1000n, 0x1000]);
    expect(map.moduleAt(0x1900n)?.index).toBe(1);
    expect(map.moduleAt(0x2100n)).toBeNull();
  });

  it('gives no range to modules without size or beyond the address space', () => {
    const map = mapOf([0x1000n, 0], [2n ** 64n - 0x1000n, 0x2000]);
    expect(map.moduleAt(0x1000n)).toBeNull();
    expect(map.moduleAt(2n ** 64n - 0x800n)).toBeNull();
    expect(map.highestEnd).toBe(0n);
  });

  it('finds modules above 2^53, up to the last byte of the address space', () => {
    const map = mapOf([0xffff_8000_0000_0000n, 0x1000], [2n ** 64n - 0x1000n, 0x1000], [0x1000n, 0x1000]);
    expect(map.moduleAt(0xffff_8000_0000_0fffn)?.index).toBe(0);
    expect(map.moduleAt(2n ** 64n - 1n)?.index).toBe(1);
    expect(map.moduleAt(0xffff_8000_0000_1000n)).toBeNull();
    expect(map.highestEnd).toBe(2n ** 64n - 1n);
  });

  it('agrees with a search through the list', () => {
    const range = fc.tuple(fc.bigInt({ min: 0n, max: 4000n }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), fc.bigInt({ min: 0n, max: 4400n }), (ranges, address) => {
        const sorted = ranges
          .map(([base, size], index) => ({ base, end: base + BigInt(size), index }))
          .filter(({ base, end }) => end > base)
          .sort((a, b) => Number(a.base - b.base) || Number(a.end - b.end));
        let end = 0n;
        let expected: number | null = null;
        for (const one of sorted) {
          if (one.base < end) continue;
          end = one.end;
          if (address >= one.base && address < one.end) expected = one.index;
        }
        expect(mapOf(...ranges).moduleAt(address)?.index ?? null).toBe(expected);
      }),
    );
  });
});
