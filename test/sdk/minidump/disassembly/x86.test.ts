import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAmd64, decodeX86 } from '../../../../sdk/minidump/src/disassembly/x86/decoder.js';

/** Bytes as assembled by GNU as, and the text that rust-minidump 0.27 prints for them, where that is right. */
const amd64: [code: string, text: string][] = [
  ['b8ffffffff', 'mov eax, -0x1'],
  ['48c7c0ffffffff', 'mov rax, -0x1'],
  ['48b88877665544332211', 'mov rax, 0x1122334455667788'],
  ['c600ff', 'mov byte [rax], -0x1'],
  ['66c700ffff', 'mov word [rax], -0x1'],
  ['c700ffffffff', 'mov dword [rax], -0x1'],
  ['4883c480', 'add rsp, -0x80'],
  ['04ff', 'add al, -0x1'],
  ['800080', 'add byte [rax], -0x80'],
  ['eb03', 'jmp $+0x3'],
  ['ebf9', 'jmp $-0x7'],
  ['0f84ee010000', 'jz $+0x1ee'],
  ['e8fb0f0000', 'call $+0xffb'],
  ['ff1534120000', 'call qword [rip + 0x1234]'],
  ['ff24c510000000', 'jmp qword [rax * 8 + 0x10]'],
  ['f348a5', 'rep movs qword es:[rdi], qword ds:[rsi]'],
  ['f3aa', 'rep stos byte es:[rdi], al'],
  ['ad', 'lods eax, dword [rsi]'],
  ['64488b042528000000', 'mov rax, qword fs:[0x28]'],
  ['65488b4498f8', 'mov rax, qword gs:[rax + rbx * 4 - 0x8]'],
  ['484889442408', 'mov qword [rsp + 0x8], rax'],
  ['0fc708', 'cmpxchg8b qword [rax]'],
  ['f0480fc70f', 'lock cmpxchg16b xmmword [rdi]'],
  ['660fae30', 'clwb zmmword [rax]'],
  ['dfe8', 'fucomip st(0), st(0)'],
  ['dbe3', 'fninit'],
  ['f0480fb137', 'lock cmpxchg qword [rdi], rsi'],
  ['f00fc107', 'lock xadd dword [rdi], eax'],
  ['c3', 'ret'],
  ['c20800', 'ret 0x8'],
  ['50', 'push rax'],
  ['6a05', 'push 0x5'],
  ['ff30', 'push qword [rax]'],
  ['5b', 'pop rbx'],
  ['c9', 'leave'],
  ['90', 'nop'],
  ['660f1f0400', 'nop word [rax + rax * 1]'],
  ['f30f1efa', 'endbr64'],
  ['0f05', 'syscall'],
  ['0f0b', 'ud2'],
  ['cc', 'int 0x3'],
  ['cd80', 'int 0x80'],
  ['f2480f2ac0', 'cvtsi2sd xmm0, rax'],
  ['f30f1000', 'movss xmm0, dword [rax]'],
  ['f20f100b', 'movsd xmm1, qword [rbx]'],
  ['0f1111', 'movups xmmword [rcx], xmm2'],
  ['0f284910', 'movaps xmm1, xmmword [rcx + 0x10]'],
  ['660f6fca', 'movdqa xmm1, xmm2'],
  ['66480f6ec0', 'movq xmm0, rax'],
  ['66480f7ec0', 'movq rax, xmm0'],
  ['660fefc0', 'pxor xmm0, xmm0'],
  ['c5fc1000', 'vmovups ymm0, ymmword [rax]'],
  ['c5ed740f', 'vpcmpeqb ymm1, ymm2, ymmword [rdi]'],
  ['d1e0', 'shl eax, 0x1'],
  ['48d3f8', 'sar rax, cl'],
  ['48c1e004', 'shl rax, 0x4'],
  ['486bc310', 'imul rax, rbx, 0x10'],
  ['6b03fe', 'imul eax, dword [rbx], -0x2'],
  ['0fb607', 'movzx eax, byte [rdi]'],
  ['480fbf07', 'movsx rax, word [rdi]'],
  ['486307', 'movsxd rax, dword [rdi]'],
  ['a801', 'test al, 0x1'],
  ['4893', 'xchg rax, rbx'],
  ['6690', 'nop'],
  ['480fbae003', 'bt rax, 0x3'],
  ['0f95c0', 'setnz al'],
  ['480f45c3', 'cmovnz rax, rbx'],
  ['0f4703', 'cmova eax, dword [rbx]'],
  ['0f1808', 'prefetcht0 zmmword [rax]'],
  ['d900', 'fld st(0), dword [rax]'],
  ['dd18', 'fstp qword [rax], st(0)'],
  ['d9c1', 'fld st(0), st(1)'],
  ['0fae00', 'fxsave ptr [rax]'],
  ['0fa2', 'cpuid'],
  ['0f31', 'rdtsc'],
  ['0faef0', 'mfence'],
  ['4898', 'cdqe'],
  ['4899', 'cqo'],
  ['f30fb8c3', 'popcnt eax, ebx'],
  ['f30fbcc3', 'tzcnt eax, ebx'],
  ['0fbcc3', 'bsf eax, ebx'],
  ['0fc6c1e4', 'shufps xmm0, xmm1, -0x1c'],
  ['660f700010', 'pshufd xmm0, xmmword [rax], 0x10'],
  ['660fc4c001', 'pinsrw xmm0, eax, 0x1'],
  ['c7f804000000', 'xbegin $+0x4'],
  ['66488d3d00010000', 'lea rdi, qword [rip + 0x100]'],
  ['458a01', 'mov r8b, byte [r9]'],
  ['b405', 'mov ah, 0x5'],
  ['0fc318', 'movnti dword [rax], ebx'],
  ['660f3a63071a', 'pcmpistri xmm0, xmmword [rdi], 0x1a'],
  ['c8100000', 'enter 0x10, 0x0'],
  ['ec', 'in al, dx'],
  ['e680', 'out 0x80, al'],
  ['48f731', 'div qword [rcx]'],
  ['d7', 'xlat'],
  ['660f6ec0', 'movd xmm0, eax'],
  ['678b00', 'mov eax, dword [eax]'],
  ['f00100', 'lock add dword [rax], eax'],
  ['0f16c1', 'movlhps xmm0, xmm1'],
  ['c4e2f1a9c2', 'vfmadd213sd xmm0, xmm1, xmm2'],
  ['c5f877', 'vzeroupper'],
  ['410fb644150f', 'movzx eax, byte [r13 + rdx * 1 + 0xf]'],
  ['4c8b2cfd00000080', 'mov r13, qword [rdi * 8 - 0x80000000]'],
  ['a1f0debc9a78563412', 'mov eax, dword [0x123456789abcdef0]'],
];

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

describe('amd64 instructions', () => {
  it.each(amd64)('%s is %s', (code, text) => {
    const instruction = decodeAmd64(bytes(code));
    expect(instruction?.text).toBe(text);
    expect(instruction?.length).toBe(code.length / 2);
  });

  it('are not found in too few bytes, whatever the cut', () => {
    for (const [code] of amd64) {
      const whole = bytes(code);
      for (let length = 0; length < whole.length; length++) {
        const cut = decodeAmd64(whole.subarray(0, length));
        expect(cut === null || cut.length <= length).toBe(true);
      }
    }
  });

  it.each(['f08b00', '8ec8', '0f04', 'ffff', '62f17c4810', 'd6'])('%s is none', (code) => {
    expect(decodeAmd64(bytes(`${code}0000000000000000`))).toBeNull();
  });

  it('name what they do with memory', () => {
    const accesses = (code: string) =>
      decodeAmd64(bytes(code))?.operands.flatMap((operand) => (operand.kind === 'memory' ? [operand.access] : []));
    expect(accesses('8b00')).toEqual(['read']);
    expect(accesses('8900')).toEqual(['write']);
    expect(accesses('0100')).toEqual(['readwrite']);
    expect(accesses('3900')).toEqual(['read']);
    expect(accesses('488d00')).toEqual([null]);
    expect(accesses('f348a5')).toEqual(['write', 'read']);
    expect(accesses('0f1111')).toEqual(['write']);
    expect(accesses('0f1800')).toEqual([null]);
    expect(accesses('f00fc107')).toEqual(['readwrite']);
  });

  it('use the stack without naming it', () => {
    expect(decodeAmd64(bytes('50'))?.implicitStack).toEqual({ access: 'write', size: 8, below: true });
    expect(decodeAmd64(bytes('c3'))?.implicitStack).toEqual({ access: 'read', size: 8, below: false });
    expect(decodeX86(bytes('50'))?.implicitStack?.size).toBe(4);
    expect(decodeAmd64(bytes('90'))?.implicitStack).toBeNull();
  });

  it('never throw, and never read beyond 15 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.boolean(), (code, is64) => {
        const instruction = (is64 ? decodeAmd64 : decodeX86)(code);
        return instruction === null || (instruction.length <= Math.min(15, code.length) && instruction.text !== '');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('x86 instructions', () => {
  it.each([
    ['8b00', 'mov eax, dword [eax]'],
    ['40', 'inc eax'],
    ['ff742408', 'push dword [esp + 0x8]'],
    ['a145000000', 'mov eax, dword [0x45]'],
    ['648b0d00000000', 'mov ecx, dword fs:[0x0]'],
    ['c7054500000005000000', 'mov dword [0x45], 0x5'],
    ['06', 'push es'],
    ['e80fffffff', 'call $-0xf1'],
    ['c5e8', 'null'],
  ])('%s is %s', (code, text) => {
    expect(decodeX86(bytes(code))?.text ?? 'null').toBe(text);
  });
});
