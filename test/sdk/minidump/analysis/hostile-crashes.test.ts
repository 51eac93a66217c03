import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeScene, frame } from './crash-scene.js';

const types = [
  'SIGSEGV',
  'SIGSEGV / SI_KERNEL',
  'SIGBUS / BUS_ADRALN',
  'EXCEPTION_ACCESS_VIOLATION_READ',
  'EXCEPTION_ACCESS_VIOLATION_WRITE',
  'EXCEPTION_ACCESS_VIOLATION_EXEC',
  'EXCEPTION_STACK_OVERFLOW',
  'EXCEPTION_PRIV_INSTRUCTION',
  'EXC_BAD_ACCESS / EXC_I386_GPFLT',
  '',
];

const word = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 0x2000n }),
  fc.constantFrom(0x40_1000n, 0x7ffd_0000_8000n, 0x1000_0000n, 0xe5e5_e5e5_e5e5_e5e5n, 2n ** 64n - 1n),
);

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('crashes of any content', () => {
  it('get a verdict whose confidence lies between 0 and 1', async () => {
    const scene = fc.record({
      cpu: fc.constantFrom('amd64' as const, 'x86' as const, 'arm64' as const, 'mips' as const),
      os: fc.constantFrom('Linux', 'Windows NT', 'Mac OS X'),
      type: fc.constantFrom(...types),
      address: word,
      code: fc.uint8Array({ maxLength: 15 }).map(hexOf),
      values: fc.array(word, { minLength: 10, maxLength: 10 }),
      mapsFrom: word,
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ cpu, os, type, address, code, values, mapsFrom }) => {
        const width = cpu === 'x86' || cpu === 'mips' ? 32 : 64;
        const names = ['rax', 'rcx', 'rsp', 'rip', 'eax', 'esp', 'x0', 'sp', 'pc', 'lr'];
        const { verdict, crashInfo } = await analyzeScene({
          cpu,
          os,
          type,
          address: BigInt.asUintN(width, address),
          code,
          registers: Object.fromEntries(names.map((name, at) => [name, BigInt.asUintN(width, values[at] ?? 0n)])),
          maps: `${mapsFrom.toString(16)}-${(mapsFrom + 0x1000n).toString(16)} rw-\n10000000-10001000 ---`,
          frames: [frame(0, values[3] ?? 0n), frame(1, 0x40_1234n, 'caller')],
        });
        expect(verdict.confidence).toBeGreaterThan(0);
        expect(verdict.confidence).toBeLessThanOrEqual(1);
        expect(verdict.title).not.toMatch(/undefined|null,|NaN/);
        for (const { confidence } of crashInfo.possibleBitFlips) expect(confidence).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1500 },
    );
  });
});
