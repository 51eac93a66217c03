import { describe, expect, it } from 'vitest';
import { outline, walkText } from './text-stack.js';

const base = 0x4000_0000n;

describe('32-bit arm stacks', () => {
  const modules = [{ base }];
  const registers = { pc: base + 0x1010n, sp: '@sp', fp: '@fp', lr: base + 0x5000n };
  const stack = `
    sp: 0
    fp: @two
        0x40002020
   two: 0
        0x40003030
        0`;

  it('follows fp on iOS, where fp 0 ends the stack, and scans elsewhere', async () => {
    const ios = await walkText({ cpu: 'arm', os: 'iOS', modules, registers, stack });
    expect(outline(ios.frames)).toEqual(['context 0x40001010', 'frame_pointer 0x40002020', 'frame_pointer 0x40003030']);
    expect(ios.frames[1]?.instruction).toBe(0x4000_201en);
    expect(ios.summary.reason).toBe('the frame pointer is 0');
    const android = await walkText({ cpu: 'arm', os: 'Android', modules, registers, stack });
    expect(outline(android.frames)).toEqual(['context 0x40001010', 'scan 0x40002020', 'scan 0x40003030']);
  });

  it('knows r11, r13, r14 and r15 by their other names in call frame information', async () => {
    const { frames } = await walkText({
      cpu: 'arm',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: r13 8 + .ra: r14 r11: .cfa -8 + ^ r4: .cfa -4 + ^' }],
      registers,
      stack: `
        sp: 0x1111
            0x4444
        fp: 0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x40005000');
    expect(frames[1]?.context.registers.get('fp')).toBe(0x1111n);
    expect(frames[1]?.context.registers.get('r4')).toBe(0x4444n);
  });

  it('lets only the context frame keep its stack pointer', async () => {
    const { frames, summary } = await walkText({
      cpu: 'arm',
      modules: [{ base, symbols: 'STACK CFI INIT 0 10000 .cfa: sp .ra: lr lr: lr' }],
      registers,
      stack: 'sp: 0\nfp: 0',
    });
    expect(outline(frames)).toEqual(['context 0x40001010', 'cfi 0x40005000']);
    expect(summary.reason).toContain('did not move up');
  });
});

describe('mips stacks', () => {
  const modules = [{ base }];

  it('takes 8 from the return address, and skips the four argument words from the second frame on', async () => {
    const { frames } = await walkText({
      cpu: 'mips',
      modules,
      registers: { pc: base + 0x1010n, sp: '@sp' },
      stack: `
        sp: 0x40002020
            0x40004040   // argument area of the caller: never looked at
            0
            0
            0
            0x40003030
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x40001010', 'scan 0x40002020', 'scan 0x40003030']);
    expect(frames[1]?.instruction).toBe(0x4000_2018n);
  });

  it('passes over a word that is the base of a module, which no call can have left', async () => {
    const { frames } = await walkText({
      cpu: 'mips',
      modules: [{ base }, { base: base + 0x1_0000n }],
      registers: { pc: base + 0x1010n, sp: '@sp' },
      stack: `
        sp: 0x40010000   // end of the first module and base of the second
            0x40002020`,
    });
    expect(outline(frames)[1]).toBe('scan 0x40002020');
  });

  it('scans 1024 bytes', async () => {
    const reach = async (gap: number) =>
      (
        await walkText({
          cpu: 'mips',
          modules,
          registers: { pc: base + 0x1010n, sp: '@sp' },
          stack: `sp: fill ${String(gap)}\n 0x40002020`,
        })
      ).frames.length;
    expect(await reach(255)).toBe(2);
    expect(await reach(256)).toBe(1);
  });

  it('reads 64-bit words on mips64, without an argument area', async () => {
    const { frames } = await walkText({
      cpu: 'mips64',
      modules,
      registers: { pc: base + 0x1010n, sp: '@sp' },
      stack: `
        sp: 0x40002020
            0x40004040
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x40001010', 'scan 0x40002020', 'scan 0x40004040']);
  });

  it('uses call frame information with o32 names', async () => {
    const { frames } = await walkText({
      cpu: 'mips',
      littleEndian: false,
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $sp 8 + .ra: $ra $s0: .cfa -8 + ^' }],
      registers: { pc: base + 0x1010n, sp: '@sp', ra: base + 0x2020n, s0: 1n, s1: 2n },
      stack: 'sp: 0x5050\n0',
    });
    expect(outline(frames)[1]).toBe('cfi 0x40002020');
    expect(frames[1]?.context.registers.get('s0')).toBe(0x5050n);
    expect(frames[1]?.context.registers.get('s1')).toBe(2n);
  });
});

describe('riscv64 stacks', () => {
  it('follows s0, with the return address one word below it', async () => {
    const { frames } = await walkText({
      cpu: 'riscv64',
      modules: [{ base }],
      registers: { pc: base + 0x1010n, sp: '@sp', s0: '@fp' },
      stack: `
        sp: 0
            @two
            0x40002020
        fp: 0
            0
            0x40003030
       two: 0`,
    });
    expect(outline(frames)).toEqual(['context 0x40001010', 'frame_pointer 0x40002020', 'frame_pointer 0x40003030']);
  });
});

describe('stacks of other CPUs', () => {
  it('gives frame 0 and says that the CPU is not walked', async () => {
    const { frames, summary } = await walkText({
      cpu: 'sparc',
      modules: [{ base }],
      registers: { pc: base + 0x1010n, g_r14: '@sp' },
      stack: 'sp: 0x40002020',
    });
    expect(frames).toHaveLength(1);
    expect(summary.end).toBe('unsupported-cpu');
  });
});
