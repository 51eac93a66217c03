import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArm64 } from '../../../../sdk/minidump/src/disassembly/arm64/decoder.js';
import { codeAround, type CodePlace } from '../../../../sdk/minidump/src/disassembly/code-around.js';
import { decodeAmd64 } from '../../../../sdk/minidump/src/disassembly/x86/decoder.js';

const start = 0x40_1000n;

/** What stands around an address, the frame's own instruction after an arrow. */
function around(code: string, at: number, more: Partial<CodePlace> = {}): string[] {
  const address = start + BigInt(at);
  const place: CodePlace = { cpu: 'amd64', address, isReturnAddress: false, functionStart: null, ...more };
  const memory = {
    start,
    bytes: Uint8Array.from(code.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
    littleEndian: true,
  };
  return codeAround(place.cpu === 'arm64' ? decodeArm64 : decodeAmd64, memory, place).map(
    ({ isCurrent, text, target }) =>
      `${isCurrent ? '> ' : ''}${text ?? '?'}${target === null ? '' : ` (${target.toString(16)})`}`,
  );
}

const prologue = ['55', '4889e5', 'b8ffffffff', '488b4708'].join('');

describe('the code around an address', () => {
  it('is found on x86 by going back to where decoding ends exactly at it', () => {
    expect(around(`060606${prologue}c700ffffffffc390`, 16)).toEqual([
      'push rbp',
      'mov rbp, rsp',
      'mov eax, -0x1',
      'mov rax, qword [rdi + 0x8]',
      '> mov dword [rax], -0x1',
      'ret',
      'nop',
    ]);
  });

  it('ends at what is not understood, and says so where that is the instruction itself', () => {
    expect(around('9090ffff90', 2)).toEqual(['nop', 'nop', '> ?']);
    expect(around('9090ffff90', 1)).toEqual(['nop', '> nop']);
  });

  it('starts with the function, where symbols know it', () => {
    expect(around('909090cc', 3, { functionStart: start + 2n })).toEqual(['nop', '> int 0x3']);
    expect(around('909090cc', 3, { functionStart: start - 0x1000n })).toHaveLength(4);
    expect(around('909090cc', 3, { functionStart: start + 0x1000n })).toHaveLength(4);
  });

  it('is for a caller the call that has not returned, with all of its prefix', () => {
    const code = ['55', '4889e5', '4889c7', '41ffd2', '31c0', 'c3'].join('');
    expect(around(code, 10, { isReturnAddress: true })).toEqual([
      'push rbp',
      'mov rbp, rsp',
      'mov rdi, rax',
      '> call r10',
      'xor eax, eax',
      'ret',
    ]);
    expect(around('90e8fb0f0000', 6, { isReturnAddress: true })).toEqual(['nop', '> call $+0xffb (402001)']);
    expect(around('9090909090', 5, { isReturnAddress: true })).toEqual([]);
  });

  it('names where direct branches go: on x86 from their end, on arm64 from themselves', () => {
    expect(around('ebfe', 0)).toEqual(['> jmp $-0x2 (401000)']);
    expect(around('02000094c0035fd6', 4, { cpu: 'arm64', isReturnAddress: true })).toEqual([
      '> bl $+0x8 (401008)',
      'ret',
    ]);
  });

  it('goes by words on arm64, past what is not understood', () => {
    const [nop, ret, fadd] = ['1f2003d5', 'c0035fd6', '0028611e'];
    expect(around(`${nop}${fadd}${ret}${fadd}`, 8, { cpu: 'arm64' })).toEqual(['nop', '?', '> ret', '?']);
    expect(around(nop, 0, { cpu: 'arm64', isReturnAddress: true })).toEqual([]);
  });

  it('is as much as the memory holds, and nothing where it holds nothing', () => {
    expect(around('90'.repeat(200), 100)).toHaveLength(15);
    expect(around('90'.repeat(200), 199)).toHaveLength(7);
    expect([around('90', 1), around('90', 200), around('90', -1)]).toEqual([[], [], []]);
  });

  it('has one own instruction and ascending addresses for any bytes', () => {
    const cases = fc.record({
      bytes: fc.uint8Array({ maxLength: 200 }),
      at: fc.integer({ min: -10, max: 210 }),
      cpu: fc.constantFrom<CodePlace['cpu'][]>('amd64', 'arm64'),
      isReturnAddress: fc.boolean(),
      functionStart: fc.option(fc.bigInt({ min: 0n, max: start * 2n })),
    });
    fc.assert(
      fc.property(cases, ({ bytes, at, cpu, isReturnAddress, functionStart }) => {
        const place = { cpu, address: start + BigInt(at), isReturnAddress, functionStart };
        const lines = codeAround(
          cpu === 'arm64' ? decodeArm64 : decodeAmd64,
          { start, bytes, littleEndian: true },
          place,
        );
        expect(lines.length).toBeLessThanOrEqual(15);
        if (lines.length > 0) expect(lines.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
        for (const [index, line] of lines.entries()) {
          const before = lines[index - 1];
          if (before !== undefined) expect(line.address).toBe(before.address + BigInt(before.bytes.length));
        }
      }),
    );
  });
});
