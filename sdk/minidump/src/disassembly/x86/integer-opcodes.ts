/**
 * Opcodes of the general-purpose instructions, from the opcode maps of the Intel SDM, volume 2, appendix A.
 *
 * A form is `mnemonic operands`. Operand letters follow the manual: E register or memory by ModRM, G register by
 * ModRM, I immediate, J branch, M memory only, O absolute address, Z register in the opcode, S segment register; sizes
 * b 1, w 2, d 4, q 8, v by operand size, y 4 or 8, z immediate of up to 4 bytes, n none that is known. `64:` marks
 * forms whose operand size is 8 by default in 64-bit code.
 */

/** One-byte opcodes, `opcode form`; `-` for the groups below. */
const oneByte = `
63 movsxd Gv,Ed
68 64:push Iz
69 imul Gv,Ev,Iz
6a 64:push Ib
6b imul Gv,Ev,Ib
6c ins Yb,dx
6d ins Yz,dx
6e outs dx,Xb
6f outs dx,Xz
84 test Eb,Gb
85 test Ev,Gv
86 xchg Eb,Gb
87 xchg Ev,Gv
88 mov Eb,Gb
89 mov Ev,Gv
8a mov Gb,Eb
8b mov Gv,Ev
8c mov Es,Sw
8d lea Gv,M
8e mov Sw,Ew
98 @convert
99 @extend
9b wait
9c pushf
9d popf
9e sahf
9f lahf
a0 mov al,Ob
a1 mov rAX,Ov
a2 mov Ob,al
a3 mov Ov,rAX
a4 movs Yb,Xb
a5 movs Yv,Xv
a6 cmps Xb,Yb
a7 cmps Xv,Yv
a8 test al,Ib
a9 test rAX,Iz
aa stos Yb,al
ab stos Yv,rAX
ac lods al,Xb
ad lods rAX,Xv
ae scas Yb,al
af scas Yv,rAX
c2 ret Uw
c3 ret
c8 enter Uw,Ub
c9 leave
ca retf Uw
cb retf
cc int 3
cd int Ub
cf @iret
d7 xlat
e0 loopnz Jb
e1 loopz Jb
e2 loop Jb
e3 jrcxz Jb
e4 in al,Ub
e5 in eAX,Ub
e6 out Ub,al
e7 out Ub,eAX
e8 64:call Jz
e9 64:jmp Jz
eb 64:jmp Jb
ec in al,dx
ed in eAX,dx
ee out dx,al
ef out dx,eAX
f1 int 1
f4 hlt
f5 cmc
f8 clc
f9 stc
fa cli
fb sti
fc cld
fd std
`;

/** One-byte opcodes of 32-bit code that mean something else or nothing in 64-bit code. */
const oneByte32 = `
06 push es
07 pop es
0e push cs
16 push ss
17 pop ss
1e push ds
1f pop ds
27 daa
2f das
37 aaa
3f aas
60 pusha
61 popa
62 bound Gv,Mq
63 arpl Ew,Gw
ce into
d4 aam Ub
d5 aad Ub
`;

const shifts = 'rol ror rcl rcr shl shr sal sar';
const arithmetic = 'add or adc sbb and sub xor cmp';

/** Groups: the register field of ModRM chooses the form. */
const oneByteGroups: [opcode: string, mnemonics: string, operands: string][] = [
  ['80', arithmetic, 'Eb,Ib'],
  ['81', arithmetic, 'Ev,Iz'],
  ['83', arithmetic, 'Ev,Ib'],
  ['8f', '64:pop', 'Ev'],
  ['c0', shifts, 'Eb,Ib'],
  ['c1', shifts, 'Ev,Ib'],
  ['c6', 'mov', 'Eb,Ib'],
  ['c7', 'mov', 'Ev,Iz'],
  ['d0', shifts, 'Eb,1'],
  ['d1', shifts, 'Ev,1'],
  ['d2', shifts, 'Eb,cl'],
  ['d3', shifts, 'Ev,cl'],
  ['f6', 'test test not neg mul imul div idiv', 'Eb'],
  ['f7', 'test test not neg mul imul div idiv', 'Ev'],
  ['fe', 'inc dec', 'Eb'],
  ['ff', 'inc dec 64:call callf 64:jmp jmpf 64:push', 'Ev'],
];

const twoByte = `
02 lar Gv,Ew
03 lsl Gv,Ew
05 syscall
06 clts
07 sysret
08 invd
09 wbinvd
0b ud2
30 wrmsr
31 rdtsc
32 rdmsr
33 rdpmc
34 sysenter
35 sysexit
77 emms
19 nop Ev
1a nop Ev
1b nop Ev
1c nop Ev
1d nop Ev
1e nop Ev
a0 64:push fs
a1 64:pop fs
a2 cpuid
a3 bt Ev,Gv
a4 shld Ev,Gv,Ib
a5 shld Ev,Gv,cl
a8 64:push gs
a9 64:pop gs
ab bts Ev,Gv
ac shrd Ev,Gv,Ib
ad shrd Ev,Gv,cl
af imul Gv,Ev
b0 cmpxchg Eb,Gb
b1 cmpxchg Ev,Gv
b2 lss Gv,Mf
b3 btr Ev,Gv
b4 lfs Gv,Mf
b5 lgs Gv,Mf
b6 movzx Gv,Eb
b7 movzx Gv,Ew
bb btc Ev,Gv
bc bsf Gv,Ev
bd bsr Gv,Ev
be movsx Gv,Eb
bf movsx Gv,Ew
c0 xadd Eb,Gb
c1 xadd Ev,Gv
c3 movnti My,Gy
ff ud0 Gd,Ed
b9 ud1 Gd,Ed
`;

const twoByteGroups: [opcode: string, mnemonics: string, operands: string][] = [
  ['0d', 'prefetch prefetchw prefetchwt1', 'Mc'],
  ['18', 'prefetchnta prefetcht0 prefetcht1 prefetcht2', 'Mc'],
  ['1f', 'nop nop nop nop nop nop nop nop', 'Ev'],
  ['ba', '- - - - bt bts btr btc', 'Ev,Ib'],
];

const conditions = 'o no b nb z nz na a s ns p np l ge le g'.split(' ');
const setConditions = 'o no b ae z nz be a s ns p np l ge le g'.split(' ');

/** Opcode to form; a group's key has the register field behind a slash: `ff/2`. */
export type OpcodeMap = ReadonlyMap<string, string>;

function readLines(map: Map<string, string>, lines: string): void {
  for (const line of lines.split('\n')) {
    if (line !== '') map.set(line.slice(0, 2), line.slice(3));
  }
}

function readGroups(map: Map<string, string>, groups: [string, string, string][]): void {
  for (const [opcode, mnemonics, operands] of groups) {
    mnemonics.split(' ').forEach((mnemonic, field) => {
      if (mnemonic !== '-') map.set(`${opcode}/${String(field)}`, `${mnemonic} ${operands}`);
    });
  }
}

function hex(opcode: number): string {
  return opcode.toString(16).padStart(2, '0');
}

function buildOneByte(is64: boolean): OpcodeMap {
  const map = new Map<string, string>();
  readLines(map, oneByte);
  if (!is64) readLines(map, oneByte32);
  readGroups(map, oneByteGroups);
  arithmetic.split(' ').forEach((mnemonic, index) => {
    ['Eb,Gb', 'Ev,Gv', 'Gb,Eb', 'Gv,Ev', 'al,Ib', 'rAX,Iz'].forEach((operands, form) => {
      map.set(hex(index * 8 + form), `${mnemonic} ${operands}`);
    });
  });
  for (let register = 0; register < 8; register++) {
    if (!is64) {
      map.set(hex(0x40 + register), 'inc Zv');
      map.set(hex(0x48 + register), 'dec Zv');
    }
    map.set(hex(0x50 + register), '64:push Zv');
    map.set(hex(0x58 + register), '64:pop Zv');
    map.set(hex(0x90 + register), register === 0 ? '@nop' : 'xchg rAX,Zv');
    map.set(hex(0xb0 + register), 'mov Zb,Ub');
    map.set(hex(0xb8 + register), 'mov Zv,Iv');
  }
  for (const byteOrWord of ['f6', 'f7']) {
    const operands = byteOrWord === 'f6' ? 'Eb,Ib' : 'Ev,Iz';
    map.set(`${byteOrWord}/0`, `test ${operands}`);
    map.set(`${byteOrWord}/1`, `test ${operands}`);
  }
  map.set('ff/3', 'callf Mf');
  map.set('ff/5', 'jmpf Mf');
  conditions.forEach((condition, index) => map.set(hex(0x70 + index), `64:j${condition} Jb`));
  return map;
}

function buildTwoByte(): OpcodeMap {
  const map = new Map<string, string>();
  readLines(map, twoByte);
  readGroups(map, twoByteGroups);
  conditions.forEach((condition, index) => {
    map.set(hex(0x40 + index), `cmov${condition} Gv,Ev`);
    map.set(hex(0x80 + index), `64:j${condition} Jz`);
    map.set(hex(0x90 + index), `set${setConditions[index] ?? ''} Eb`);
  });
  for (let register = 0; register < 8; register++) map.set(hex(0xc8 + register), 'bswap Zv');
  map.set('c7/1', '@cmpxchg Mp');
  ['xrstors', 'xsavec', 'xsaves'].forEach((name, index) => map.set(`c7/${String(index + 3)}`, `${name} Mn`));
  map.set('c7/6', 'rdrand Ev');
  map.set('c7/7', 'rdseed Ev');
  ['sldt', 'str', 'lldt', 'ltr', 'verr', 'verw'].forEach((name, field) => map.set(`00/${String(field)}`, `${name} Ew`));
  ['sgdt', 'sidt', 'lgdt', 'lidt', 'smsw', '', 'lmsw', 'invlpg'].forEach((name, field) => {
    if (name !== '')
      map.set(`01/${String(field)}`, `${name} ${name.endsWith('msw') ? 'Ew' : name === 'invlpg' ? 'Mb' : 'Mn'}`);
  });
  ['fxsave', 'fxrstor', 'ldmxcsr', 'stmxcsr', 'xsave', 'xrstor', 'xsaveopt', 'clflush'].forEach((name, field) => {
    map.set(`ae/${String(field)}`, `${name} ${name.endsWith('mxcsr') ? 'Md' : name === 'clflush' ? 'Mc' : 'Mn'}`);
  });
  return map;
}

export const oneByteMap64 = buildOneByte(true);
export const oneByteMap32 = buildOneByte(false);
export const twoByteMap = buildTwoByte();
