import { describe, expect, it } from 'vitest';
import { outline, walkText } from './text-stack.js';

const base = 0x40_0000n;
const registers = { rip: base + 0x1010n, rsp: '@sp', rbp: 0n };

describe('amd64 stacks with call frame information', () => {
  const symbols = `
    FUNC 1000 100 0 callee
    FUNC 2000 100 0 caller
    FUNC 3000 100 0 main
    STACK CFI INIT 1000 100 .cfa: $rsp 8 + .ra: .cfa -8 + ^
    STACK CFI 1001 .cfa: $rsp 16 + $rbp: .cfa -16 + ^
    STACK CFI 1004 .cfa: $rbp 16 +
    STACK CFI 10f0 .cfa: $rsp 8 +
    STACK CFI INIT 3000 100 .cfa: $rsp 8 +
    STACK CFI INIT 2000 100 .cfa: $rsp 24 + .ra: .cfa -8 + ^ $rbx: .undef $r12: .cfa -16 + ^`;
  const modules = [{ name: 'app', base, symbols }];

  it('finds the caller at the function entry, inside the prologue, after it, and in the epilogue', async () => {
    const entry = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x1000n, rsp: '@sp', rbp: 0x77n },
      stack: `sp: 0x402050`,
    });
    expect(outline(entry.frames)).toEqual(['context 0x401000', 'cfi 0x402050']);
    expect(entry.frames[1]?.context.registers.get('rbp')).toBe(0x77n);
    expect(entry.frames[1]?.evidence.returnAddressSlot).toBe(entry.at('sp'));

    const prologue = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x1002n, rsp: '@sp', rbp: 0n },
      stack: `
        sp: 0x1234     // rbp as it was pushed
            0x402050`,
    });
    expect(outline(prologue.frames)).toEqual(['context 0x401002', 'cfi 0x402050']);
    expect(prologue.frames[1]?.context.registers.get('rbp')).toBe(0x1234n);

    const body = await walkText({
      cpu: 'amd64',
      modules,
      registers: { ...registers, rbp: '@fp' },
      stack: `
        sp: 0xdead     // locals
            0xbeef
        fp: 0x1234
            0x402050`,
    });
    expect(outline(body.frames)).toEqual(['context 0x401010', 'cfi 0x402050']);
    expect(body.frames[1]?.symbol?.function).toBe('caller');

    const epilogue = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x10f0n, rsp: '@sp', rbp: 0x1234n },
      stack: `sp: 0x402050`,
    });
    expect(outline(epilogue.frames)).toEqual(['context 0x4010f0', 'cfi 0x402050']);
  });

  it('forwards callee-saved registers, restores saved ones, and forgets those that are undefined', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x2010n, rsp: '@sp', rbp: 0x55n, rbx: 0xbbn, r12: 0x12n, r13: 0x13n, rax: 0xaan },
      stack: `
        sp: 0
            0x2112     // saved r12
            0x403020`,
    });
    const caller = frames[1]?.context.registers;
    expect(caller?.has('rbx')).toBe(false);
    expect(caller?.get('r12')).toBe(0x2112n);
    expect(caller?.get('r13')).toBe(0x13n);
    expect(caller?.get('rbp')).toBe(0x55n);
    expect(caller?.has('rax')).toBe(false);
  });

  it('looks functions up in the call instruction, but keeps the return address', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x1000n, rsp: '@sp' },
      stack: `sp: 0x402100   // one past the end of caller, which called something that never returns`,
    });
    expect(frames[1]).toMatchObject({ instruction: 0x4020ffn, resumeAddress: 0x402100n });
    expect(frames[1]?.symbol?.function).toBe('caller');
  });

  it('ends where a record gives no return address, as for _start', async () => {
    const { frames, summary } = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x3010n, rsp: '@sp', rbp: 0n },
      stack: `
        sp: 1          // argc
            0x402050   // would be taken for a return address
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x403010']);
    expect(summary).toMatchObject({ end: 'end-of-stack', reason: expect.stringContaining('no caller') as string });
  });

  it('ends when the return address is in the first page or the stack pointer does not move up', async () => {
    const inFirstPage = await walkText({
      cpu: 'amd64',
      modules,
      registers: { rip: base + 0x1000n, rsp: '@sp' },
      stack: `
        sp: 0xfff
            0x402050`,
    });
    expect(outline(inFirstPage.frames)).toEqual(['context 0x401000']);
    const goesDown = await walkText({
      cpu: 'amd64',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $rsp .ra: $rbx' }],
      registers: { rip: base + 0x1000n, rsp: '@sp', rbx: 0x402050n },
      stack: `
        sp: 0x402050
            0`,
    });
    expect(outline(goesDown.frames)).toEqual(['context 0x401000']);
    expect(goesDown.summary.reason).toContain('did not move up');
  });

  it('falls back to the frame pointer when the record reads outside the stack', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 100 .cfa: $rax 8 + .ra: .cfa -8 + ^' }],
      registers: { ...registers, rbp: '@fp', rax: 0x10n },
      stack: `
        sp: 0
        fp: @last
            0x402050
      last: 0
            0`,
    });
    expect(outline(frames)[1]).toBe('frame_pointer 0x402050');
    expect(frames[1]?.evidence.tried).toEqual([
      { method: 'cfi', outcome: 'failed', reason: '.ra: 0x10 is not in the stack' },
      { method: 'frame_pointer', outcome: 'used' },
    ]);
  });
});

describe('amd64 stacks with frame pointers', () => {
  const modules = [{ name: 'app', base }];

  it('follows the chain and knows nothing but rip, rsp and rbp of a caller', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules,
      registers: { ...registers, rbp: '@one', rbx: 1n },
      stack: `
         sp: 0
        one: @two
             0x402050
        two: @three
             0x403050
      three: 0
             0`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'frame_pointer 0x402050', 'frame_pointer 0x403050']);
    expect([...(frames[1]?.context.registers.keys() ?? [])]).toEqual(['rip', 'rsp', 'rbp']);
  });

  it('refuses a chain that points down, out of the stack, or to an address that cannot be', async () => {
    const chains = [
      { name: 'down', saved: '@sp', back: '0x402050' },
      { name: 'out', saved: '0x7fffffff0000', back: '0x402050' },
      { name: 'non-canonical', saved: '@last', back: '0x1122334455667788' },
    ];
    for (const { name, saved, back } of chains) {
      const { frames } = await walkText({
        cpu: 'amd64',
        modules,
        registers: { ...registers, rbp: '@fp' },
        stack: `
          sp: 0
          fp: ${saved}
              ${back}
              0x403030      // found by scanning instead
        last: 0
              0`,
      });
      expect(frames[1]?.trust, name).toBe('scan');
      expect(frames[1]?.evidence.tried[1], name).toMatchObject({ method: 'frame_pointer', outcome: 'rejected' });
    }
  });

  it('tries sixteen offsets of the frame register on Windows, and only there', async () => {
    const walk = (os: string) =>
      walkText({
        cpu: 'amd64',
        os,
        modules,
        registers: { ...registers, rbp: '@fp' },
        stack: `
          sp: 0
          fp: 0
              0
              0
              0
              @last         // rbp + 32: two steps of 16
              0x402050
        last: 0
              0`,
      });
    expect(outline((await walk('Windows NT')).frames)[1]).toBe('frame_pointer 0x402050');
    expect((await walk('Linux')).frames[1]?.trust).toBe('scan');
  });
});

describe('amd64 stack scanning', () => {
  const symbols = `
    FUNC 1000 100 0 callee
    FUNC 2000 100 0 caller`;
  const modules = [{ name: 'app', base, symbols }];

  it('takes the first word that lies in a function and notes the words it refused', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules,
      registers,
      stack: `
        sp: 0
       bad: 0x408000      // in the module, in no function
        ra: 0x402050
            0`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'scan 0x402050']);
    expect(frames[1]?.evidence.rejectedWords).toEqual([
      { slot: 0x8000_0008n, value: 0x408000n, reason: 'in a module, but in none of its functions' },
    ]);
    expect(frames[1]?.context.registers.get('rsp')).toBe(0x8000_0018n);
  });

  it('counts the word at the stack pointer, and believes any module without symbols', async () => {
    const { frames } = await walkText({
      cpu: 'amd64',
      modules: [{ base }],
      registers,
      stack: `sp: 0x408000`,
    });
    expect(outline(frames)).toEqual(['context 0x401010', 'scan 0x408000']);
  });

  it('looks at 160 words from the context frame and from a frame found by CFI, 40 from others', async () => {
    const reach = async (gap: number) =>
      (await walkText({ cpu: 'amd64', modules, registers, stack: `sp: fill ${String(gap)}\n 0x402050` })).frames.length;
    expect(await reach(159)).toBe(2);
    expect(await reach(160)).toBe(1);
    const second = async (gap: number) =>
      (
        await walkText({
          cpu: 'amd64',
          modules,
          registers,
          stack: `sp: 0x402050\n fill ${String(gap)}\n 0x402060`,
        })
      ).frames.length;
    expect(await second(39)).toBe(3);
    expect(await second(40)).toBe(2);
    const afterCfi = await walkText({
      cpu: 'amd64',
      modules: [{ base, symbols: `${symbols}\nSTACK CFI INIT 1000 100 .cfa: $rsp 8 + .ra: .cfa -8 + ^` }],
      registers,
      stack: `sp: 0x7f0000001234 // code without a module\n fill 120\n 0x402060`,
    });
    expect(outline(afterCfi.frames)).toEqual(['context 0x401010', 'cfi 0x7f0000001234', 'scan 0x402060']);
  });

  it('recovers rbp where it was pushed, keeps it where it still lies above, and else does not know it', async () => {
    const pushed = await walkText({
      cpu: 'amd64',
      modules,
      registers: { ...registers, rbp: '@fp' },
      stack: `
        sp: 0
        fp: @far        // passes for a frame, but the frame pointer's checks refuse the return address below it
            0x402050
       far: 0`,
    });
    expect(pushed.frames[1]?.context.registers.get('rbp')).toBe(pushed.at('far'));
    const kept = await walkText({
      cpu: 'amd64',
      modules,
      registers: { ...registers, rbp: '@far' },
      stack: `
        sp: 0
            0x402050
       far: 0
            0`,
    });
    expect(kept.frames[1]?.context.registers.get('rbp')).toBe(kept.at('far'));
    const unknown = await walkText({
      cpu: 'amd64',
      modules,
      registers: { ...registers, rbp: 1n },
      stack: `
        sp: 0
            0x402050
            0`,
    });
    expect(unknown.frames[1]?.context.registers.has('rbp')).toBe(false);
  });

  it('asks for the symbols of few modules that only scanned words point into', async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      name: `m${String(index)}`,
      base: 0x100_0000n + BigInt(index) * 0x1_0000n,
      symbols: 'FUNC 9000 10 0 elsewhere',
    }));
    const words = many.map(({ base: start }) => `0x${(start + 0x100n).toString(16)}`).join('\n');
    const asked = new Set<string>();
    const { summary } = await walkText({
      cpu: 'amd64',
      modules: many,
      registers: { rip: 0x1n, rsp: '@sp' },
      stack: `sp: 0\n${words}`,
      limits: { maxScanModuleLoads: 3 },
      onSymbols: (name) => asked.add(name),
    });
    expect(asked.size).toBeLessThanOrEqual(4);
    expect(summary.scanLoadsExhausted).toBe(true);
  });
});
