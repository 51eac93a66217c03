import { describe, expect, it } from 'vitest';
import * as reader from '@faultline/minidump';
import type { DumpDescription } from '@faultline/minidump';
import { openDescribed, smallDump, walkDescribed } from '../described-dump.js';

const rare = {
  functionTables: [
    {
      minimumAddress: 0x10_0000n,
      maximumAddress: 0x10_ffffn,
      baseAddress: 0x10_0000n,
      functions: [
        { begin: 0x10, end: 0x40, unwindInfo: 0x1000 },
        { begin: 0x40, end: 0x90, unwindInfo: 0x1010 },
        { begin: 0x90, end: 0x99, unwindInfo: 0x1020 },
      ],
    },
    { minimumAddress: 0x20_0000n, maximumAddress: 0x20_0fffn, baseAddress: 0x20_0000n, functions: [] },
  ],
  handleOperations: [
    { handle: 0x44n, processId: 7, threadId: 8, operation: 'open', trace: [0x40_1000n, 0x40_2000n] },
    { handle: 0x44n, processId: 7, threadId: 9, operation: 'bad-reference', trace: [] },
  ],
  tokens: [
    { id: 7, handle: 0x12n, size: 40 },
    { id: 8, handle: 0x13n, size: 16 },
  ],
  systemMemory: {
    pageSize: 4096,
    physicalPages: 2_000_000,
    allocationGranularity: 65_536,
    processors: 8,
    availablePages: 1_000n,
    committedPages: 1_900_000n,
    commitLimit: 2_000_000n,
    peakCommitment: 1_999_999n,
  },
  vmCounters: {
    pageFaultCount: 5,
    peakWorkingSetSize: 6n,
    workingSetSize: 7n,
    pagefileUsage: 8n,
    peakPagefileUsage: 9n,
    privateUsage: 10n,
    virtualSize: 11n,
    peakVirtualSize: 12n,
    jobTotalCommitLimit: 13n,
    jobPrivateCommitUsage: 14n,
    jobPrivateCommitLimit: 15n,
  },
  stabilityReport: {
    processes: [
      {
        processId: 4242,
        privateUsage: 40_960,
        peakWorkingSet: 81_920,
        peakPagefileUsage: 4096,
        allocationAttempt: 4_294_967_295,
        openFileDescriptors: null,
        handleCount: 302,
      },
      {
        processId: 1,
        privateUsage: null,
        peakWorkingSet: null,
        peakPagefileUsage: null,
        allocationAttempt: null,
        openFileDescriptors: 12,
        handleCount: null,
      },
    ],
    system: { commitLimit: 26_557_411_328, commitRemaining: 14_468_075_520, handleCount: 119_009 },
  },
} satisfies DumpDescription;

describe.each([true, false])('writer and reader on rare streams, little endian: %s', (littleEndian) => {
  it('agree on function tables, handle operations, tokens, memory counters and the stability report', async () => {
    const dump = await openDescribed({ ...smallDump, ...rare, littleEndian });
    expect(await dump.get(reader.functionTables)).toEqual(
      rare.functionTables.map((table) => ({ ...table, entryCount: table.functions.length, entrySize: 12 })),
    );
    expect(await dump.get(reader.handleOperationList)).toEqual(rare.handleOperations);
    expect(await dump.get(reader.tokenInfoList)).toEqual(rare.tokens);
    expect(await dump.get(reader.systemMemoryInfo)).toEqual(rare.systemMemory);
    expect(await dump.get(reader.processVmCounters)).toEqual(rare.vmCounters);
    expect(await dump.get(reader.stabilityReport)).toEqual(rare.stabilityReport);
    expect(dump.problems).toEqual([]);
  });

  it('agree on the first revision of the memory counters, which has no virtual sizes', async () => {
    const first = {
      ...rare.vmCounters,
      virtualSize: null,
      peakVirtualSize: null,
      jobTotalCommitLimit: null,
      jobPrivateCommitUsage: null,
      jobPrivateCommitLimit: null,
    };
    const dump = await openDescribed({ ...smallDump, vmCounters: first, littleEndian });
    expect(await dump.get(reader.processVmCounters)).toEqual(first);
  });

  it.each(['amd64', 'arm'] as const)('agree on what the dynamic linker of %s told', async (cpu) => {
    const dsoDebug = {
      version: 1,
      breakAddress: 0x7000_1000n,
      linkerBase: 0x7000_0000n,
      dynamic: 0x40_0200n,
      objects: [
        { offset: 0n, name: '', dynamic: 0x40_0200n },
        { offset: 0x7000_0000n, name: '/lib/ld.so', dynamic: 0x7000_2000n },
      ],
    };
    const auxv: [bigint, bigint][] = [[6n, 4096n]];
    const dump = await openDescribed({ ...smallDump, cpu, linux: { dsoDebug, auxv }, littleEndian });
    expect(await dump.get(reader.linuxDsoDebug)).toEqual(dsoDebug);
    expect(await dump.get(reader.linuxAuxv)).toEqual(auxv);
  });

  it('agree on a list of extended threads, which is walked where there is no other', async () => {
    const result = await walkDescribed({ ...smallDump, hasExtendedThreads: true, littleEndian });
    expect(result.threads.map(({ name, frames }) => [name, frames.length])).toEqual([['main', 3]]);
  });
});

describe('rare streams in the JSON', () => {
  it('stand under the one key of ours', async () => {
    const json = reader.walkJson(await walkDescribed({ ...smallDump, ...rare }));
    expect(json['faultline']).toMatchObject({
      function_tables: [{ entry_count: 3, base_address: '0x0000000000100000' }, { entry_count: 0 }],
      handle_operations: [{ operation: 'open', trace: ['0x0000000000401000', '0x0000000000402000'] }, { handle: 68 }],
      stability_report: { processes: [{ handle_count: 302 }, {}], system: { commit_remaining: 14_468_075_520 } },
      tokens: [{ id: 7, size: 40 }, { id: 8 }],
      process: { vm_counters: { virtual_size: 11, job_total_commit_limit: 13 }, system_memory: { page_size: 4096 } },
    });
  });
});

describe('damaged rare streams', () => {
  const damaged = (type: number, ...words: number[]) =>
    walkDescribed({
      ...smallDump,
      rawStreams: [{ type, bytes: new Uint8Array(Uint32Array.from(words).buffer) }],
    });

  it.each([
    ['function tables of 4 billion entries', 13, [24, 32, 88, 12, 0xffff_ffff, 0]],
    ['function tables without a header', 13, [0, 0, 0, 0, 0xffff_ffff, 0]],
    ['function entries without a size, 4 billion of them', 13, [24, 32, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xffff_ffff, 0]],
    ['handle operations of 4 billion entries', 18, [16, 288, 0xffff_ffff, 0]],
    ['tokens of size 0', 19, [16, 0xffff_ffff, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['tokens whose header is 0', 19, [16, 3, 0, 0]],
    ['a stability report that ends in a number', 0x4b6b_0002, [0xffff_ffff]],
    ['a stability report with groups', 0x4b6b_0002, [0x0b0b_0b0b]],
  ])('%s cost that stream only', async (_name, type, words) => {
    const result = await damaged(type, ...words);
    expect(result.threads[0]?.frames).toHaveLength(3);
    expect(reader.walkJsonText(result)).toContain('"status":"OK"');
  });
});
