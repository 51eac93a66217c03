import { describe, expect, it } from 'vitest';
import { findRecursion, foldIdenticalThreads } from '../../../../sdk/minidump/src/analysis/index.js';
import { poisonOf } from '../../../../sdk/minidump/src/analysis/poison.js';
import { analyzeScene, frame, stackStart } from './crash-scene.js';

const maps = `
  400000-408000 r-x /bin/app
  408000-410000 r-- /bin/app
  10000000-10001000 rw- [heap]
  20000000-20001000 rwx
  7ffd00000000-7ffd00010000 rw- [stack]`;

describe('the verdict', () => {
  it('explains a write through a null pointer', async () => {
    const { verdict } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0x1cn,
      code: '42893c8a',
      registers: { rdx: 0n, r9: 7n, rdi: 1n },
    });
    expect(verdict).toMatchObject({
      kind: 'null-pointer',
      title: 'Write through a null pointer + 0x1c',
      confidence: 0.97,
    });
    expect(verdict.evidence).toContain('rdx is 0');
    expect(verdict.evidence[0]).toBe('the instruction is mov dword [rdx + r9 * 4], edi');
  });

  it('explains a null pointer on x86 and arm64 too', async () => {
    const x86 = await analyzeScene({
      cpu: 'x86',
      os: 'Windows NT',
      type: 'EXCEPTION_ACCESS_VIOLATION_READ',
      address: 0x10n,
      code: '8b4010',
      registers: { eax: 0n },
    });
    expect(x86.verdict.title).toBe('Read through a null pointer + 0x10');
    expect(x86.crashInfo.instruction).toBeNull();
    const arm64 = await analyzeScene({
      cpu: 'arm64',
      os: 'Mac OS X',
      type: 'EXC_BAD_ACCESS / KERN_INVALID_ADDRESS',
      address: 0x8n,
      code: '200800b9', // str w0, [x1, #0x8]
      registers: { x1: 0n },
    });
    expect(arm64.verdict.title).toBe('Write through a null pointer + 0x8');
    expect(arm64.operation?.instruction.text).toBe('str w0, [x1, #0x8]');
  });

  it('explains a call through a null function pointer, naming the caller', async () => {
    const { verdict } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      registers: { rip: 0n },
      frames: [frame(0, 0n), frame(1, 0x40_1234n, 'dispatch')],
    });
    expect(verdict).toMatchObject({ kind: 'null-call', title: 'Call through a null function pointer' });
    expect(verdict.evidence).toContain('called from dispatch');
  });

  it.each([
    [0xe5e5_e5e5_e5e5_e5e5n, 'use-after-free'],
    [0xdddd_dddd_dddd_ddddn, 'use-after-free'],
    [0xcdcd_cdcd_cdcd_cdcdn, 'uninitialised'],
    [0xabab_abab_abab_ababn, 'overrun'],
    [0x4141_4141_4141_4141n, 'overrun'],
  ])('names the pattern 0x%s', async (value, kind) => {
    const { verdict } = await analyzeScene({
      type: 'SIGSEGV / SI_KERNEL',
      address: 0n,
      code: '488b4018', // mov rax, qword [rax + 0x18]
      registers: { rax: value },
    });
    expect(verdict.kind).toBe(kind);
    expect(verdict.evidence[0]).toContain('rax holds the pattern');
  });

  it('tells a write to constants from one to nowhere', async () => {
    const constant = await analyzeScene({
      type: 'SIGSEGV / SEGV_ACCERR',
      address: 0x409000n,
      code: '8900',
      registers: { rax: 0x409000n },
      maps,
    });
    expect(constant.verdict).toMatchObject({ kind: 'write-protected', title: 'Write to read-only memory of app' });
    const nowhere = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0x3333_3333_0000n,
      code: '8900',
      registers: { rax: 0x3333_3333_0000n },
      maps,
    });
    expect(nowhere.verdict).toMatchObject({ kind: 'unmapped', title: 'Write to memory that does not exist' });
  });

  it.each([
    ['SIGABRT', 'deliberate-stop'],
    ['SIGTRAP / TRAP_BRKPT', 'deliberate-stop'],
    ['EXCEPTION_BREAKPOINT', 'deliberate-stop'],
    ['Out of Memory', 'out-of-memory'],
    ['Unhandled C++ Exception', 'unhandled-exception'],
    ['Uncaught NSException', 'unhandled-exception'],
    ['Simulated Exception', 'requested-dump'],
    ['SIGFPE / FPE_INTDIV', 'division-by-zero'],
    ['SIGILL / ILL_ILLOPN', 'bad-instruction'],
    ['STATUS_SOMETHING', 'other'],
  ])('knows what %s means', async (type, kind) => {
    expect((await analyzeScene({ type, address: 0n })).verdict.kind).toBe(kind);
  });

  it('takes a trap instruction for a check that failed', async () => {
    const { verdict } = await analyzeScene({ type: 'SIGILL / ILL_ILLOPN', address: 0x401000n, code: '0f0b' });
    expect(verdict.title).toBe('Stopped by a trap instruction');
  });

  it('sees that a signal was sent when the instruction touches no memory', async () => {
    const { verdict } = await analyzeScene({ type: 'SIGSEGV', address: 0x39cdn, code: '89df' });
    expect(verdict).toMatchObject({ kind: 'deliberate-stop', title: 'SIGSEGV was sent to the process' });
  });
});

describe('stack overflows', () => {
  const recursion = [frame(0, 0x40_1000n, 'leaf')];
  for (let index = 1; index < 61; index++) recursion.push(frame(index, 0x40_2000n, index % 2 === 1 ? 'even' : 'odd'));
  recursion.push(frame(61, 0x40_3000n, 'main'));

  it('are named with the cycle of calls', async () => {
    const { stackOverflow, verdict } = await analyzeScene({
      os: 'Windows NT',
      type: 'EXCEPTION_STACK_OVERFLOW',
      address: 0x401000n,
      frames: recursion,
    });
    expect(stackOverflow?.cycle).toEqual({ firstFrame: 1, functions: ['even', 'odd'], repeats: 30 });
    expect(verdict).toMatchObject({ kind: 'stack-overflow', title: 'Stack overflow by recursion in even' });
  });

  it('show by an address just below the stack and near its pointer', async () => {
    const scene = { type: 'SIGSEGV / SEGV_MAPERR', registers: { rsp: stackStart + 0x10n }, frames: recursion };
    const near = await analyzeScene({ ...scene, address: stackStart - 8n });
    expect(near.stackOverflow?.shownBy).toBe('address');
    expect(near.verdict.confidence).toBe(0.9);
    const far = await analyzeScene({ ...scene, address: stackStart - 0x20_0000n });
    expect(far.stackOverflow).toBeNull();
    const inside = await analyzeScene({ ...scene, address: stackStart + 8n });
    expect(inside.stackOverflow).toBeNull();
  });

  it('need three turns for a cycle', () => {
    expect(findRecursion(recursion.slice(0, 6))).toBeNull();
    expect(findRecursion(recursion.slice(0, 7))?.repeats).toBe(3);
    expect(findRecursion([])).toBeNull();
  });
});

describe('what registers point to', () => {
  it('is said of each', async () => {
    const { registers } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      maps,
      registers: {
        rax: 0n,
        rbx: 0x40_0010n,
        rcx: stackStart + 16n,
        rdx: 0x1000_0010n,
        rsi: 0x2000_0000n,
        rdi: 0xffff_8000_0000_1000n,
        r8: 0x1122_3344_5566_7788n,
        r9: 0x5555_0000_1234n,
        r10: 42n,
        r11: 0xe5e5_e5e5_e5e5_e5e5n,
      },
    });
    const kinds = Object.fromEntries(registers.map(({ register, pointsTo }) => [register, pointsTo]));
    expect(kinds).toMatchObject({
      rax: { kind: 'null' },
      rbx: { kind: 'module', module: 'app', offset: 0x10n },
      rcx: { kind: 'stack', threadIndex: 0 },
      rdx: { kind: 'heap' },
      rsi: { kind: 'generated-code' },
      rdi: { kind: 'kernel' },
      r8: { kind: 'non-canonical' },
      r9: { kind: 'unmapped' },
      r10: { kind: 'small' },
      r11: { kind: 'poison' },
    });
  });
});

describe('poison patterns', () => {
  it('are known repeated, beside an offset, and in half a register', () => {
    expect(poisonOf(0xfeee_feeen, 4)?.pattern.meaning).toBe('freed');
    expect(poisonOf(0xfeee_feee_feee_feeen, 8)?.pattern.meaning).toBe('freed');
    expect(poisonOf(0xe5e5_e5e5_e5e5_e605n, 8)).toMatchObject({ offset: 0x20n, pattern: { meaning: 'freed' } });
    expect(poisonOf(0xcccc_ccccn, 8)?.pattern.meaning).toBe('uninitialised');
    expect(poisonOf(0x1234_5678n, 8)).toBeNull();
    expect(poisonOf(0n, 8)).toBeNull();
  });
});

describe('identical threads', () => {
  it('are folded by their addresses, those without frames never', () => {
    const waiting = [frame(0, 1n), frame(1, 2n)];
    const other = [frame(0, 1n), frame(1, 3n)];
    expect(foldIdenticalThreads([waiting, other, [], waiting, []])).toEqual([
      { threads: [0, 3] },
      { threads: [1] },
      { threads: [2] },
      { threads: [4] },
    ]);
  });
});
