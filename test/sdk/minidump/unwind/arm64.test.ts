import { describe, expect, it } from 'vitest';
import { outline, walkText } from './text-stack.js';

const base = 0x1_0000_0000n;
const modules = [{ name: 'app', base }];
const registers = { pc: base + 0x1010n, sp: '@sp', fp: '@fp', lr: base + 0x1500n };

describe('arm64 stacks with frame pointers', () => {
  it('follows fp and looks functions up 4 bytes before the return address', async () => {
    const { frames } = await walkText({
      cpu: 'arm64',
      os: 'Mac OS X',
      modules,
      registers,
      stack: `
        sp: 0
        fp: @two
            0x100002020
       two: 0
            0x100003030
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x100001010', 'frame_pointer 0x100002020', 'frame_pointer 0x100003030']);
    expect(frames[1]?.instruction).toBe(0x1_0000_201cn);
    expect(frames[1]?.context.registers.get('lr')).toBe(0x1_0000_3030n);
    expect(frames[2]?.context.registers.has('lr')).toBe(false);
  });

  it('strips pointer authentication from return addresses, link registers and frame pointers', async () => {
    const { frames, at } = await walkText({
      cpu: 'arm64',
      modules,
      registers,
      start: 0x8000_0000n,
      stack: `
        sp: 0
        fp: 0x3a00000080000018   // two, signed
            0x7f80000100002020
       two: 0
            0x8100000100003030
            0`,
    });
    expect(at('two')).toBe(0x8000_0018n);
    expect(outline(frames)).toEqual(['context 0x100001010', 'frame_pointer 0x100002020', 'frame_pointer 0x100003030']);
    expect(frames[1]?.context.registers.get('fp')).toBe(0x8000_0018n);
  });

  it('keeps more address bits where a module lies above 47 bits', async () => {
    const high = 0x8_0000_0000_0000n;
    const { frames } = await walkText({
      cpu: 'arm64',
      modules: [{ base: high }],
      registers: { ...registers, pc: high + 0x1010n },
      stack: `
        sp: 0
        fp: @two
            0xff18000000002020
       two: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('frame_pointer 0x8000000002020');
  });

  it('refuses a return address that no code can have, and scans', async () => {
    const { frames } = await walkText({
      cpu: 'arm64',
      modules,
      registers,
      stack: `
        sp: 0
        fp: @two
            0x10
       two: 0
            0x100003030`,
    });
    expect(outline(frames)[1]).toBe('scan 0x100003030');
    expect([...(frames[1]?.context.registers.keys() ?? [])]).toEqual(['pc', 'sp']);
  });

  it('scans when the frame pointer is 0', async () => {
    const { frames, summary } = await walkText({
      cpu: 'arm64',
      modules,
      registers: { ...registers, fp: 0n },
      stack: 'sp: 0',
    });
    expect(frames).toHaveLength(1);
    expect(summary.tried.map(({ method }) => method)).toEqual(['cfi', 'frame_pointer', 'scan']);
  });
});

describe('arm64 stacks with call frame information', () => {
  it('keeps the stack pointer of a leaf in the context frame, and knows x29 and x30 by both names', async () => {
    const symbols = `
      FUNC 1000 100 0 leaf
      FUNC 2000 100 0 caller
      STACK CFI INIT 1000 100 .cfa: sp 0 + .ra: x30
      STACK CFI INIT 2000 100 .cfa: $x29 16 + .ra: .cfa -8 + ^ $x29: .cfa -16 + ^`;
    const { frames, at } = await walkText({
      cpu: 'arm64',
      modules: [{ base, symbols }],
      registers: { ...registers, lr: base + 0x2020n, x19: 0x19n },
      stack: `
        sp: 0
        fp: @two
            0x100003030
       two: 0
            0`,
    });
    expect(outline(frames).slice(0, 3)).toEqual(['context 0x100001010', 'cfi 0x100002020', 'cfi 0x100003030']);
    expect(frames[1]?.context.registers.get('sp')).toBe(at('sp'));
    expect(frames[1]?.evidence.returnAddressSlot).toBeNull();
    expect(frames[2]?.context.registers.get('fp')).toBe(at('two'));
    expect(frames[2]?.context.registers.get('x19')).toBe(0x19n);
  });

  it('does not repeat a frame for ever when a record gives back pc and sp as they were', async () => {
    const { frames, summary } = await walkText({
      cpu: 'arm64',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: sp .ra: lr' }],
      registers: { ...registers, lr: base + 0x1010n },
      stack: 'sp: 0\nfp: 0\n0',
    });
    expect(frames).toHaveLength(1);
    expect(summary.reason).toContain('did not move');
  });

  it('believes a link register read from a frame record only where its function begins', async () => {
    const walk = (init: string) =>
      walkText({
        cpu: 'arm64',
        modules: [{ base, symbols: `STACK CFI INIT ${init} .cfa: sp 16 + .ra: x30` }],
        registers,
        stack: `
          sp: 0
          fp: @two
              0x100002024
         two: 0
              0x100003030
              0
              0`,
      });
    // The frame found by fp has pc 0x2024, so it is looked up at 0x2020.
    expect(outline((await walk('2020 100')).frames)[2]).toBe('cfi 0x100003030');
    expect(outline((await walk('2000 100')).frames)[2]).toBe('frame_pointer 0x100003030');
  });
});

describe('frame pointers that CFI passes on', () => {
  it('are not followed back down; the scan goes on', async () => {
    const symbols = ['FUNC 1000 2000 0 f', 'STACK CFI INIT 2000 100 .cfa: sp 32 + .ra: .cfa -8 + ^'].join('\n');
    const { frames } = await walkText({
      cpu: 'arm64',
      modules: [{ base: 0x40_0000n, symbols }],
      registers: { pc: 0x40_1010n, sp: '@sp', fp: '@one', lr: 0n },
      stack: `
        sp: 0
      back: 0
            0x401500
       one: @back         // leads back down
            0x402010      // caller, which CFI knows
            0
            0
            0
            0x401600      // its caller: there fp still leads back
            0x401700      // found by scanning
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'frame_pointer 0x402010', 'cfi 0x401600', 'scan 0x401700']);
    expect(frames[3]?.evidence.tried).toContainEqual(
      expect.objectContaining({ method: 'frame_pointer', reason: 'fp is that of an earlier frame' }),
    );
  });
});

describe('a rule for the stack pointer that gives nothing', () => {
  it('leaves it at the CFA', async () => {
    const symbols = 'FUNC 1000 2000 0 f\nSTACK CFI INIT 1000 100 .cfa: sp 16 + .ra: .cfa -8 + ^ sp: .undef';
    const { frames, at } = await walkText({
      cpu: 'arm64',
      modules: [{ base: 0x40_0000n, symbols }],
      registers: { pc: 0x40_1010n, sp: '@sp', fp: 0n, lr: 0n },
      stack: `
        sp: 0
            0x401500
       cfa: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x401500');
    expect(frames[1]?.context.registers.get('sp')).toBe(at('cfa'));
  });
});
