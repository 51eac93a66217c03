import { describe, expect, it } from 'vitest';
import { analyzeScene } from './crash-scene.js';

const write = '42893c8a'; // mov dword [rdx + r9 * 4], edi
const maps = `
  400000-410000 r-x /bin/app
  10000000-10001000 rw-
  10001000-10002000 ---
  10002000-10004000 r--
  7ffd00000000-7ffd00010000 rw- [stack]`;

describe('memory accesses of the faulting instruction', () => {
  it('compute the address from base, index, scale and displacement', async () => {
    const { crashInfo } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0x1cn,
      code: write,
      registers: { rdx: 0n, r9: 7n, rdi: 5n },
    });
    expect(crashInfo.instruction).toBe('mov dword [rdx + r9 * 4], edi');
    expect(crashInfo.memoryAccesses).toEqual([{ address: 0x1cn, size: 4, isLikelyGuardPage: false, access: 'write' }]);
    expect(crashInfo.adjustedAddress).toEqual({ kind: 'null-pointer', offset: 0x1cn });
  });

  it('wrap around the end of the address space', async () => {
    const { operation } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      code: '488b5010', // mov rdx, qword [rax + 0x10]
      registers: { rax: 0xffff_ffff_ffff_fff8n },
    });
    expect(operation?.accesses?.[0]?.address).toBe(8n);
  });

  it('count rip from the end of the instruction', async () => {
    const { operation } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      code: '488b0510000000', // mov rax, qword [rip + 0x10]
    });
    expect(operation?.accesses?.[0]?.address).toBe(0x40_1017n);
  });

  it('include the stack that call, push and ret use', async () => {
    const { operation } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      code: 'ff30', // push qword [rax]
      registers: { rax: 0x10000010n, rsp: 0x10001000n },
      maps,
    });
    expect(operation?.accesses?.map(({ address, access, isImplicit }) => ({ address, access, isImplicit }))).toEqual([
      { address: 0x10000010n, access: 'read', isImplicit: false },
      { address: 0x10000ff8n, access: 'write', isImplicit: true },
    ]);
  });

  it('are unknown when a register is', async () => {
    const { crashInfo } = await analyzeScene({ type: 'SIGSEGV', address: 0n, code: write, registers: { r9: 1n } });
    expect(crashInfo.memoryAccesses).toBeNull();
    expect(crashInfo.instruction).not.toBeNull();
  });

  it('mark a small page without permissions beside one with some', async () => {
    const { crashInfo, verdict } = await analyzeScene({
      type: 'SIGSEGV / SEGV_ACCERR',
      address: 0x10001010n,
      code: '8900', // mov dword [rax], eax
      registers: { rax: 0x10001010n },
      maps,
    });
    expect(crashInfo.memoryAccesses?.[0]?.isLikelyGuardPage).toBe(true);
    expect(verdict.kind).toBe('guard-page');
  });

  it('give kinds in crash_info only for instructions whose kinds rust-minidump derives', async () => {
    const { crashInfo, operation } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0n,
      code: 'f77dfc', // idiv dword [rbp - 0x4]
      registers: { rbp: 0x10000010n },
    });
    expect(crashInfo.memoryAccesses?.[0]?.access).toBeNull();
    expect(operation?.accesses?.[0]?.access).toBe('read');
  });
});

describe('where execution would have gone', () => {
  it('follows a register, a word of memory, and the return address', async () => {
    const scene = { type: 'SIGSEGV / SEGV_MAPERR', address: 0n };
    const byRegister = await analyzeScene({ ...scene, code: 'ffe0', registers: { rax: 0n } }); // jmp rax
    expect(byRegister.crashInfo.instructionPointerUpdate).toBe(0n);
    expect(byRegister.crashInfo.adjustedAddress).toEqual({ kind: 'null-pointer', offset: 0n });
    const byMemory = await analyzeScene({
      ...scene,
      code: 'ff5018', // call qword [rax + 0x18]
      registers: { rax: 0x10000000n },
      memory: { '0x10000018': 0x1234n },
    });
    expect(byMemory.crashInfo.instructionPointerUpdate).toBe(0x1234n);
    const byStack = await analyzeScene({ ...scene, code: 'c3', memory: { '0x7ffd00008000': 0x4010f0n } });
    expect(byStack.crashInfo.instructionPointerUpdate).toBe(0x4010f0n);
  });
});

describe('non-canonical addresses', () => {
  it.each([
    ['Linux', 'SIGSEGV / SI_KERNEL', 0n],
    ['Linux', 'SIGBUS / SI_KERNEL', 0n],
    ['Mac OS X', 'EXC_BAD_ACCESS / EXC_I386_GPFLT', 0n],
    ['Windows NT', 'EXCEPTION_ACCESS_VIOLATION_READ', 0xffff_ffff_ffff_ffffn],
  ])('are found on %s behind %s', async (os, type, address) => {
    const { crashInfo, verdict } = await analyzeScene({
      os,
      type,
      address,
      code: '8b00', // mov eax, dword [rax]
      registers: { rax: 0x1234_5678_9abc_def0n },
    });
    expect(crashInfo.adjustedAddress).toEqual({ kind: 'non-canonical', address: 0x1234_5678_9abc_def0n });
    expect(verdict.kind).toBe('non-canonical');
  });

  it('are not taken for a null pointer with an enormous offset in our own judgement', async () => {
    const { crashInfo, adjustedAddress } = await analyzeScene({
      os: 'Windows NT',
      type: 'EXCEPTION_ACCESS_VIOLATION_READ',
      address: 0xffff_ffff_ffff_ffffn,
      code: '48c7040841414141', // mov qword [rax + rcx * 1], 0x41414141
      registers: { rax: 0n, rcx: 0xfefe_fefe_fefe_fefen },
    });
    expect(crashInfo.adjustedAddress).toEqual({ kind: 'null-pointer', offset: 0xfefe_fefe_fefe_fefen });
    expect(adjustedAddress).toEqual({ kind: 'non-canonical', address: 0xfefe_fefe_fefe_fefen });
  });
});

describe('bit flips', () => {
  it('find valid memory one bit away and rate it by the registers nearby', async () => {
    const { crashInfo } = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 0x10000010n ^ (1n << 40n),
      code: '8b00',
      registers: { rax: 0x10000010n ^ (1n << 40n), rbx: 0x10000100n, rcx: 0x10000ff0n },
      maps,
    });
    const [first, second] = crashInfo.possibleBitFlips;
    expect(first).toMatchObject({ address: 0x10000010n, sourceRegister: null, details: { nearbyRegisters: 2 } });
    expect(first?.confidence).toBe(0.6625000238418579);
    expect(second).toMatchObject({ address: 0x10000010n, sourceRegister: 'rax' });
  });

  it('rate a flip to null lower when the address was low anyway, and any flip lower beside poison', async () => {
    const low = await analyzeScene({ type: 'SIGSEGV / SEGV_MAPERR', address: 0x1000n, maps });
    expect(low.crashInfo.possibleBitFlips[0]).toMatchObject({ address: 0n, confidence: 0.4375 });
    const high = await analyzeScene({
      type: 'SIGSEGV / SEGV_MAPERR',
      address: 1n << 41n,
      maps,
      registers: { rbx: 0xe5e5_e5e5_e5e5_e5e5n },
    });
    expect(high.crashInfo.possibleBitFlips[0]).toMatchObject({ address: 0n, confidence: 0.3125 });
  });

  it('are not looked for where memory is mapped, beside a mapping, at a null pointer, or on other CPUs', async () => {
    const flips = async (scene: Partial<Parameters<typeof analyzeScene>[0]>) =>
      (await analyzeScene({ type: 'SIGSEGV / SEGV_MAPERR', address: 0x10000010n, maps, ...scene })).crashInfo
        .possibleBitFlips.length;
    expect(await flips({})).toBe(0);
    expect(await flips({ address: 0x10004001n, code: '8b00', registers: { rax: 0x10004001n } })).toBe(0);
    expect(await flips({ address: 0x8n, code: '8b4008', registers: { rax: 0n } })).toBe(0);
    expect(await flips({ cpu: 'arm64', address: 1n << 41n })).toBe(0);
  });

  it('heed what Windows tells of the access', async () => {
    const scene = { os: 'Windows NT', address: 0x10002010n ^ (1n << 40n), maps };
    const read = await analyzeScene({ ...scene, type: 'EXCEPTION_ACCESS_VIOLATION_READ' });
    const written = await analyzeScene({ ...scene, type: 'EXCEPTION_ACCESS_VIOLATION_WRITE' });
    expect(read.crashInfo.possibleBitFlips.map(({ address }) => address)).toContain(0x10002010n);
    expect(written.crashInfo.possibleBitFlips.map(({ address }) => address)).not.toContain(0x10002010n);
  });
});

describe('contradictions between exception and instruction', () => {
  const at = (type: string, address: bigint, code: string, registers: Record<string, bigint> = {}) =>
    analyzeScene({ os: 'Windows NT', type, address, code, registers, maps });

  it('name a division that cannot be and a privilege that is not needed', async () => {
    expect((await at('EXCEPTION_INT_DIVIDE_BY_ZERO', 0x401000n, '90')).inconsistencies).toEqual([
      'int_div_by_zero_not_possible',
    ]);
    expect((await at('EXCEPTION_INT_DIVIDE_BY_ZERO', 0x401000n, 'f7f1')).inconsistencies).toEqual([]);
    expect((await at('EXCEPTION_PRIV_INSTRUCTION', 0x401000n, '0fa2')).inconsistencies).toEqual([
      'priv_instruction_crash_without_priv_instruction',
    ]);
    expect((await at('EXCEPTION_PRIV_INSTRUCTION', 0x401000n, 'f4')).inconsistencies).toEqual([]);
  });

  it('name an access that the instruction does not make, and one that was allowed', async () => {
    const elsewhere = await at('EXCEPTION_ACCESS_VIOLATION_WRITE', 0x10000010n, '8900', { rax: 0x1234_5678n });
    expect(elsewhere.inconsistencies).toEqual([
      'crashing_access_not_found_in_memory_accesses',
      'access_violation_when_access_allowed',
    ]);
    const right = await at('EXCEPTION_ACCESS_VIOLATION_WRITE', 0x10002010n, '8900', { rax: 0x1000200en });
    expect(right.inconsistencies).toEqual([]);
  });

  it('name an address that is canonical though the fault says otherwise', async () => {
    const { inconsistencies } = await at('EXCEPTION_ACCESS_VIOLATION_READ', 0xffff_ffff_ffff_ffffn, '8b00', {
      rax: 0x10000010n,
    });
    expect(inconsistencies).toEqual(['non_canonical_address_falsely_reported']);
  });
});
