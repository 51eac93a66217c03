import { describe, expect, it } from 'vitest';
import { outline, walkText } from './text-stack.js';

const base = 0x40_0000n;
const registers = { eip: base + 0x1010n, esp: '@sp', ebp: '@fp' };

/** STACK WIN type rva size prologue epilogue params saved locals max has-program rest */
function frameData(rva: string, sizes: { params?: string; saved?: string; locals?: string }, program: string): string {
  const { params = '0', saved = '0', locals = '0' } = sizes;
  return `STACK WIN 4 ${rva} 100 0 0 ${params} ${saved} ${locals} 0 1 ${program}`;
}
function fpo(rva: string, sizes: { params?: string; saved?: string; locals?: string }, savesEbp = 0): string {
  const { params = '0', saved = '0', locals = '0' } = sizes;
  return `STACK WIN 0 ${rva} 100 0 0 ${params} ${saved} ${locals} 0 0 ${String(savesEbp)}`;
}

describe('x86 stacks without records', () => {
  const modules = [{ base }];

  it('follows ebp without asking whether it is plausible', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules,
      registers,
      stack: `
        sp: 0
        fp: @two
            0x7ffe1234   // in no module
       two: 0x11         // no address of this stack: the chain ends here
            0x402020
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'frame_pointer 0x7ffe1234', 'frame_pointer 0x402020']);
    expect(frames[1]?.instruction).toBe(0x7ffe1233n);
  });

  it('scans when ebp leads nowhere, and recovers ebp from the word below the return address', async () => {
    const { frames, at } = await walkText({
      cpu: 'x86',
      modules,
      registers: { ...registers, ebp: 0x10n },
      stack: `
        sp: 0
            @two         // pushed ebp
            0x402020
       two: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('scan 0x402020');
    expect(frames[1]?.context.registers.get('ebp')).toBe(at('two'));
  });

  it('refuses a pushed ebp more than 128 KiB away', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules,
      registers: { ...registers, ebp: 0x10n },
      stack: `
        sp: 0
            @far
            0x402020
            fill 40000
       far: 0`,
    });
    expect(frames[1]?.context.registers.has('ebp')).toBe(false);
  });

  it('survives an ebp at the end of the address space', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules,
      registers: { ...registers, ebp: 0xffff_fffcn },
      stack: 'sp: 0',
    });
    expect(frames).toHaveLength(1);
  });
});

describe('x86 stacks with STACK CFI', () => {
  it('wraps in 64 bits and refuses what does not fit in 32', async () => {
    const modules = [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $esp 4 + .ra: .cfa -4 + ^' }];
    const { frames } = await walkText({
      cpu: 'x86',
      modules,
      registers: { eip: base + 0x1010n, esp: '@sp', ebp: 0n },
      stack: 'sp: 0x402020',
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
    const wide = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $esp -1 * .ra: $esp ^' }],
      registers: { eip: base + 0x1010n, esp: '@sp', ebp: 0n },
      stack: 'sp: 0x402020',
    });
    expect(wide.summary.tried[0]).toMatchObject({ method: 'cfi', reason: expect.stringContaining('wider') as string });
  });

  it('takes $eip for the return address in files that have no .ra', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $esp 4 + $eip: .cfa 4 - ^' }],
      registers: { eip: base + 0x1010n, esp: '@sp', ebp: 0n },
      stack: 'sp: 0x402020',
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
  });
});

describe("repairs of what STACK WIN records give, which are Breakpad's", () => {
  const symbols = [
    'FUNC 1000 2000 0 everything',
    fpo('1000', { locals: '4' }),
    fpo('2000', { locals: '4', saved: '8' }, 1),
  ].join('\n');
  const modules = [{ base, symbols }];

  it('look for a return address behind one that is in no module', async () => {
    const { frames, at } = await walkText({
      cpu: 'x86',
      modules,
      registers,
      stack: `
        sp: 0
            0x7ffe1234   // where the record's sizes put the return address
            0
        ra: 0x402020
        fp: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi_scan 0x402020');
    expect(frames[1]?.evidence.returnAddressSlot).toBe(at('ra'));
    expect(frames[1]?.context.registers.get('esp')).toBe(at('ra') + 4n);
  });

  it('believe code outside of modules where memory is executable, as JavaScript engines make it', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules,
      registers,
      isExecutable: (address) => address === 0x7ffe1234n,
      stack: `
        sp: 0
            0x7ffe1234
            0
            0x402020
        fp: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x7ffe1234');
  });

  it('find the frame pointer among the saved registers when it leads out of the stack', async () => {
    const { frames, at } = await walkText({
      cpu: 'x86',
      modules,
      registers: { eip: base + 0x2010n, esp: '@sp', ebp: '@fp' },
      stack: `
        sp: 0x99         // where the record's sizes put ebp
            @fp          // where it is
            0
            0x401020     // return address: esp + locals 4 + saved 8
        fp: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x401020');
    expect(frames[1]?.context.registers.get('ebp')).toBe(at('fp'));
  });

  it('trust two zeros, which end a stack', async () => {
    const { frames, summary } = await walkText({
      cpu: 'x86',
      modules,
      registers: { eip: base + 0x2010n, esp: '@sp', ebp: '@fp' },
      stack: `
        sp: 0
            0
            0
            0
        fp: 0x401020
            0x401020`,
    });
    expect(frames).toHaveLength(1);
    expect(summary.reason).toBe('the return address is in the first page');
  });
});

describe('x86 stacks with STACK WIN records', () => {
  const standard = '$T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =';

  it('runs the program of a framedata record', async () => {
    const { frames, at } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: frameData('1000', {}, standard) }],
      registers: { ...registers, ebx: 0xbbn, esi: 0x51n },
      stack: `
        sp: 0
        fp: @two
        ra: 0x402020
       two: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
    expect(frames[1]?.evidence.returnAddressSlot).toBe(at('ra'));
    expect(frames[1]?.context.registers.get('ebp')).toBe(at('two'));
    expect(frames[1]?.context.registers.get('esp')).toBe(at('two'));
    expect(frames[1]?.context.registers.get('esi')).toBe(0x51n);
  });

  it('prefers framedata to FPO, and STACK WIN to STACK CFI', async () => {
    const symbols = [
      fpo('1000', { locals: '4' }),
      frameData('1000', {}, standard),
      'STACK CFI INIT 1000 100 .cfa: $esp 4 + .ra: .cfa -4 + ^',
    ].join('\n');
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols }],
      registers,
      stack: `
        sp: 0x403030     // by STACK CFI
            0x404040     // by FPO
        fp: 0
            0x402020     // by framedata
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
  });

  it('starts its search for the return address at ebp when the program aligns', async () => {
    const program = '$T1 .raSearch = $T0 $T1 4 - 8 @ = $ebp $T1 4 - ^ = $eip $T1 ^ = $esp $T1 4 + =';
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: frameData('1000', { locals: '1000' }, program) }],
      registers,
      stack: `
        sp: 0
        fp: 0x77
            0x402020
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
    expect(frames[1]?.context.registers.get('ebp')).toBe(0x77n);
  });

  it('skips the parameters that the callee pushed for the function it had called', async () => {
    const symbols = [
      'FUNC 1000 100 0 grandcallee',
      fpo('1000', { params: '8' }),
      'FUNC 2000 100 0 callee',
      frameData('2000', { locals: '4' }, '$eip .raSearchStart ^ = $esp .raSearchStart 4 + ='),
    ].join('\n');
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols }],
      registers,
      stack: `
        sp: 0x402020
            1            // parameter
            2            // parameter
            3            // local of callee
        ra: 0x403030
        fp: 0`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'cfi 0x402020', 'cfi 0x403030']);
  });

  it('splits an assignment that is glued to the next word', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: frameData('1000', {}, '$eip $ebp 4 + ^ =$esp $ebp 8 + =') }],
      registers,
      stack: `
        sp: 0
        fp: 0
            0x402020
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
  });

  it('takes the next word when an FPO context frame was entered by a jump', async () => {
    const { frames, at } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: fpo('1000', { locals: '4', saved: '4' }) }],
      registers: { ...registers, ebx: 0xbbn },
      stack: `
        sp: 0
            0
            0x401010     // the instruction pointer itself
        ra: 0x402020
        fp: 0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
    expect(frames[1]?.context.registers.get('esp')).toBe(at('ra') + 4n);
    expect(frames[1]?.context.registers.get('ebx')).toBe(0xbbn);
  });

  it('finds the saved ebp of an FPO function that uses ebp for itself', async () => {
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: fpo('1000', { locals: '0', saved: '8' }, 1) }],
      registers: { ...registers, ebp: 0x99n },
      stack: `
        sp: 0x1234       // esp + saved - 8
            0
            0x402020
            0`,
    });
    expect(outline(frames)[1]).toBe('cfi 0x402020');
    expect(frames[1]?.context.registers.get('ebp')).toBe(0x1234n);
  });

  it('goes on without a program that fails, saying why', async () => {
    const broken = {
      'divides by zero': '$eip 1 0 / =',
      'aligns to what is no power of two': '$eip $ebp 3 @ =',
      'uses an unknown variable': '$eip $T7 4 + ^ =',
      'uses itself before it has a value': '$T0 $T0 =',
      'assigns to a number': '4 $ebp =',
      'lacks operands': '+',
      'has an unknown word': '$eip bogus =',
      'gives no return address': '$esp $ebp 8 + =',
      'deletes the return address': '$eip $ebp 4 + ^ = $eip .undef =',
      'reads outside the stack': '$eip 16 ^ =',
      'is empty': '',
    };
    for (const [name, program] of Object.entries(broken)) {
      const { frames } = await walkText({
        cpu: 'x86',
        modules: [{ base, symbols: frameData('1000', {}, program) }],
        registers,
        stack: `
          sp: 0
          fp: 0
              0x402020
              0`,
      });
      expect(frames[1]?.trust, name).toBe('frame_pointer');
      expect(frames[1]?.evidence.tried[0], name).toMatchObject({ method: 'cfi', outcome: 'failed' });
    }
  });
});
