import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArm64 } from '../../../../sdk/minidump/src/disassembly/arm64/decoder.js';

/** Words as the Arm manual encodes them (C6.2), in the order of the manual's fields. */
const vectors: [word: number, text: string][] = [
  [0xb9000820, 'str w0, [x1, #0x8]'],
  [0xf9400020, 'ldr x0, [x1]'],
  [0xf85f8020, 'ldur x0, [x1, #-0x8]'],
  [0xf8408420, 'ldr x0, [x1], #0x8'],
  [0xf81f0c20, 'str x0, [x1, #-0x10]!'],
  [0xf8627820, 'ldr x0, [x1, x2, lsl #3]'],
  [0xb862d820, 'ldr w0, [x1, w2, sxtw #2]'],
  [0x38626820, 'ldrb w0, [x1, x2]'],
  [0xb9800020, 'ldrsw x0, [x1]'],
  [0xa9bf7bfd, 'stp fp, lr, [sp, #-0x10]!'],
  [0xa8c17bfd, 'ldp fp, lr, [sp], #0x10'],
  [0x3dc00020, 'ldr q0, [x1]'],
  [0xfd000fe0, 'str d0, [sp, #0x18]'],
  [0x58000040, 'ldr x0, [pc, #0x8]'],
  [0xc85f7c20, 'ldxr x0, [x1]'],
  [0xc8027c20, 'stxr w2, x0, [x1]'],
  [0xc8dffc20, 'ldar x0, [x1]'],
  [0xc8e0fc41, 'casal x0, x1, [x2]'],
  [0xf8e00041, 'ldaddal x0, x1, [x2]'],
  [0x14000002, 'b $+0x8'],
  [0x97ffffff, 'bl $-0x4'],
  [0x54000041, 'b.ne $+0x8'],
  [0xb4000040, 'cbz x0, $+0x8'],
  [0x37000040, 'tbnz w0, #0, $+0x8'],
  [0xd61f0100, 'br x8'],
  [0xd63f0100, 'blr x8'],
  [0xd65f03c0, 'ret'],
  [0xd65f0bff, 'retaa'],
  [0xd4200020, 'brk #0x1'],
  [0x00000000, 'udf #0x0'],
  [0xd503201f, 'nop'],
  [0xd503233f, 'paciasp'],
  [0x90000000, 'adrp x0, #0x0'],
  [0xd10043ff, 'sub sp, sp, #0x10'],
  [0x910003fd, 'mov fp, sp'],
  [0xaa0103e0, 'mov x0, x1'],
  [0x528000a0, 'mov w0, #0x5'],
  [0x92800000, 'mov x0, #-0x1'],
  [0xeb01001f, 'cmp x0, x1'],
  [0x9ac10c00, 'sdiv x0, x0, x1'],
];

function bytes(word: number): Uint8Array {
  return Uint8Array.of(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
}

describe('arm64 instructions', () => {
  it.each(vectors)('%i is %s', (word, text) => {
    expect(decodeArm64(bytes(word))?.text).toBe(text);
  });

  it('name address, size and kind of an access', () => {
    const [, memory] = decodeArm64(bytes(0xb862d820))?.operands ?? [];
    expect(memory).toMatchObject({ base: 'x1', index: 'w2', scale: 4, isIndexSigned: true, size: 4, access: 'read' });
    const post = decodeArm64(bytes(0xf8408420))?.operands[1];
    expect(post).toMatchObject({ base: 'x1', displacement: 0n, size: 8, access: 'read' });
    const pair = decodeArm64(bytes(0xa9bf7bfd))?.operands[2];
    expect(pair).toMatchObject({ base: 'sp', displacement: -16n, size: 16, access: 'write' });
  });

  it('are not found in fewer than four bytes, and never throw', () => {
    expect(decodeArm64(new Uint8Array(3))).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (word) => {
        const instruction = decodeArm64(bytes(word));
        return instruction === null || (instruction.length === 4 && !instruction.text.includes('undefined'));
      }),
      { numRuns: 5000 },
    );
  });
});
