import { describe, expect, it } from 'vitest';
import * as reader from '@faultline/minidump';
import {
  type CpuArchitecture,
  cpuArchitectures,
  type DumpDescription,
  Minidump,
  writeMinidump,
} from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { openDescribed, smallDump } from '../described-dump.js';

const everyStream: DumpDescription = {
  ...smallDump,
  unloadedModules: [{ base: 0x1_0000n, size: 0x1000, name: 'gone.dll', timestamp: 0x5f00_0000, checksum: 7 }],
  handles: [
    {
      handle: 4,
      typeName: 'File',
      objectName: 'C:\\x',
      attributes: 1,
      grantedAccess: 2,
      handleCount: 3,
      pointerCount: 4,
    },
    { handle: 8 },
  ],
  miscInfo: {
    version: 5,
    processId: 99,
    createTime: 1_699_999_990,
    userTime: 3,
    kernelTime: 4,
    processorMhz: { max: 3000, current: 2000, limit: 2500 },
    integrityLevel: 0x2000,
    executeFlags: 0x4d,
    protectedProcess: 1,
    timeZone: { id: 1, biasMinutes: -60, standardName: 'CET', daylightName: 'CEST' },
    buildString: '10.0.19041',
    debugBuildString: 'dbgcore',
    processCookie: 0x1234_5678,
  },
  memoryInfo: [
    { base: 0x1000n, size: 0x2000, protection: 0x20, state: 0x1000, type: 0x100_0000, allocationProtection: 0x80 },
  ],
  threadInfo: [{ threadId: 1, startAddress: 0x40_1000n, createTime: 5n, kernelTime: 6n, userTime: 7n }],
  commentA: 'eight bits',
  commentW: 'sixteen bits',
  breakpadInfo: { dumpThreadId: 2, requestingThreadId: 1 },
  assertion: { expression: 'a != b', functionName: 'f', file: 'f.cc', line: 12, type: 1 },
  crashpad: {
    reportId: '00112233445566778899AABBCCDDEEFF',
    clientId: 'FFEEDDCCBBAA99887766554433221100',
    annotations: { prod: 'app', ver: '1.0' },
    modules: [
      {
        moduleIndex: 0,
        list: ['one', 'two'],
        simple: { key: 'value' },
        objects: [
          { name: 'text', type: 1, value: 'words' },
          { name: 'own', type: 0x8001, value: Uint8Array.of(1, 2, 255) },
          { name: 'unset', type: 0, value: '' },
        ],
      },
    ],
  },
  linux: {
    cpuinfo: 'processor\t: 0\nmicrocode\t: 0x2b\n',
    status: 'Name:\tapp\nPid:\t77\n',
    lsbRelease: 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE="22.04"\nPRETTY_NAME="Ubuntu 22.04"\n',
    commandLine: ['/bin/app', '--flag'],
    environment: { HOME: '/root', EMPTY: '' },
    auxv: [
      [6n, 4096n],
      [0n, 0n],
    ],
    maps: '00400000-00401000 r-xp 00001000 08:01 12   /bin/my app (deleted)\n',
    limits:
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            20000                unlimited            files     \nMax nice priority         0                    0                    \n',
  },
  macCrashInfo: [
    { version: 5, thread: 1n, abortCause: 3n, modulePath: '/usr/lib/x', message: 'abort() called', message2: 'again' },
  ],
  macBootArgs: '-v debug=1',
  softErrors: '[{"b":1,"a":null}]',
};

async function readAll(dump: Minidump) {
  return {
    unloaded: await dump.get(reader.unloadedModuleList),
    handles: await dump.get(reader.handleData),
    misc: await dump.get(reader.miscInfo),
    memoryInfo: await dump.get(reader.memoryInfoList),
    threadInfo: await dump.get(reader.threadInfoList),
    comments: [await dump.get(reader.commentA), await dump.get(reader.commentW)],
    breakpad: await dump.get(reader.breakpadInfo),
    assertion: await dump.get(reader.assertionInfo),
    crashpad: await dump.get(reader.crashpadInfo),
    cpuinfo: await dump.get(reader.linuxCpuInfo),
    status: await dump.get(reader.linuxProcStatus),
    lsb: await dump.get(reader.linuxLsbRelease),
    commandLine: await dump.get(reader.linuxCmdLine),
    environment: await dump.get(reader.linuxEnviron),
    auxv: await dump.get(reader.linuxAuxv),
    maps: await dump.get(reader.linuxMaps),
    limits: await dump.get(reader.linuxProcLimits),
    macCrashInfo: await dump.get(reader.macCrashInfo),
    macBootArgs: await dump.get(reader.macBootArgs),
    softErrors: await dump.get(reader.softErrors),
    names: await dump.get(reader.threadNames),
  };
}

describe.each([true, false])('writer and reader, little endian: %s', (littleEndian) => {
  it('agree on every stream', async () => {
    const dump = await openDescribed({ ...everyStream, littleEndian });
    const all = await readAll(dump);
    expect(dump.header.littleEndian).toBe(littleEndian);
    expect(dump.problems).toEqual([]);
    expect(all.unloaded).toEqual([
      { base: 0x1_0000n, size: 0x1000, name: 'gone.dll', timestamp: 0x5f00_0000, checksum: 7, codeId: '5f0000001000' },
    ]);
    expect(all.handles).toEqual([
      {
        handle: 4n,
        typeName: 'File',
        objectName: 'C:\\x',
        attributes: 1,
        grantedAccess: 2,
        handleCount: 3,
        pointerCount: 4,
      },
      {
        handle: 8n,
        typeName: null,
        objectName: null,
        attributes: 0,
        grantedAccess: 0,
        handleCount: 1,
        pointerCount: 1,
      },
    ]);
    expect(all.misc).toMatchObject({
      processId: 99,
      processCreateTime: 1_699_999_990,
      processUserTime: 3,
      processKernelTime: 4,
      processorPower: { maxMhz: 3000, currentMhz: 2000, mhzLimit: 2500 },
      integrityLevel: 0x2000,
      executeFlags: 0x4d,
      protectedProcess: 1,
      timeZone: { id: 1, biasMinutes: -60, standardName: 'CET', daylightName: 'CEST' },
      buildString: '10.0.19041',
      debugBuildString: 'dbgcore',
      processCookie: 0x1234_5678,
    });
    expect(all.memoryInfo).toMatchObject([
      { base: 0x1000n, size: 0x2000n, protection: 0x20, allocationProtection: 0x80 },
    ]);
    expect(all.threadInfo).toMatchObject([{ threadId: 1, startAddress: 0x40_1000n, kernelTime: 6n, userTime: 7n }]);
    expect(all.comments).toEqual(['eight bits', 'sixteen bits']);
    expect(all.breakpad).toEqual({ dumpThreadId: 2, requestingThreadId: 1 });
    expect(all.assertion).toEqual(everyStream.assertion);
    expect(all.crashpad).toEqual({
      version: 1,
      reportId: '00112233445566778899AABBCCDDEEFF',
      clientId: 'FFEEDDCCBBAA99887766554433221100',
      annotations: [
        ['prod', 'app'],
        ['ver', '1.0'],
      ],
      modules: [
        {
          moduleIndex: 0,
          version: 1,
          list: ['one', 'two'],
          simple: [['key', 'value']],
          objects: [
            { name: 'text', type: 1, value: { text: 'words' } },
            { name: 'own', type: 0x8001, value: { bytes: Uint8Array.of(1, 2, 255) } },
            { name: 'unset', type: 0, value: { bytes: new Uint8Array() } },
          ],
        },
      ],
    });
    expect(all.cpuinfo).toEqual([
      ['processor', '0'],
      ['microcode', '0x2b'],
    ]);
    expect(all.status).toContainEqual(['Pid', '77']);
    expect(all.lsb).toEqual({ id: 'Ubuntu', release: '22.04', codename: '', description: 'Ubuntu 22.04' });
    expect(all.commandLine).toEqual(['/bin/app', '--flag']);
    expect(all.environment).toEqual([
      ['HOME', '/root'],
      ['EMPTY', ''],
    ]);
    expect(all.auxv).toEqual([[6n, 4096n]]);
    expect(all.maps).toMatchObject([
      { start: 0x40_0000n, end: 0x40_1000n, offset: 0x1000n, name: '/bin/my app (deleted)' },
    ]);
    expect(all.limits).toEqual([
      { name: 'Max open files', soft: 20_000, hard: 'unlimited', unit: 'files' },
      { name: 'Max nice priority', soft: 0, hard: 0, unit: 'n/a' },
    ]);
    expect(all.macCrashInfo).toEqual([
      {
        version: 5,
        thread: 1n,
        dialogMode: null,
        abortCause: 3n,
        modulePath: '/usr/lib/x',
        message: 'abort() called',
        signature: null,
        backtrace: null,
        message2: 'again',
      },
    ]);
    expect(all.macBootArgs).toBe('-v debug=1');
    expect(all.softErrors).toEqual([{ b: 1, a: null }]);
    expect(all.names).toEqual(new Map([[1, 'main']]));
  });

  it.each(cpuArchitectures.filter((cpu) => cpu !== 'unknown'))(
    'agree on the registers and stack of %s',
    async (cpu) => {
      const pointers = reader.pointerRegisters[cpu];
      const registers = { [pointers.instruction]: 0x40_1000n, [pointers.stack]: 0x7fff_0000n };
      const stack = { start: 0x7fff_0000n, words: [1, 2, 0x40_1234n] };
      const dump = await openDescribed({ ...smallDump, cpu, littleEndian, threads: [{ id: 5, registers, stack }] });
      const system = await dump.get(reader.systemInfo);
      const [thread] = (await dump.get(reader.threadList)) ?? [];
      if (system === null || thread === undefined) throw new Error('no thread');
      const context = await reader.readContext(dump, system, thread.context);
      expect(context?.cpu).toBe(cpu);
      expect(context?.registers.get(pointers.instruction)).toBe(0x40_1000n);
      expect(context?.registers.get(pointers.stack)).toBe(0x7fff_0000n);
      const size = reader.pointerSize(cpu);
      const memory = await reader.processMemory(dump);
      expect(await memory.readNumber(0x7fff_0000n + BigInt(2 * size), size)).toBe(0x40_1234n);
    },
  );

  it('agree on identities of modules', async () => {
    const modules = [
      {
        base: 0x1000n,
        size: 0x1000,
        name: 'a.exe',
        timestamp: 0x45d3_5f6c,
        version: '1.2.3.4',
        codeView: { kind: 'pdb70', debugId: '5A9832E5287241C1838ED98914E9B7FF1a', path: 'a.pdb' },
      },
      {
        base: 0x3000n,
        size: 0x1000,
        name: 'b.exe',
        codeView: { kind: 'pdb20', timestamp: 0x1234_abcd, age: 3, path: 'b.pdb' },
      },
      { base: 0x5000n, size: 0x1000, name: 'c.exe' },
    ] as const;
    const dump = await openDescribed({
      os: 'Windows NT',
      cpu: 'x86',
      littleEndian,
      threads: [],
      modules: [...modules],
    });
    expect(await dump.get(reader.moduleList)).toMatchObject([
      { debugId: '5A9832E5287241C1838ED98914E9B7FF1a', debugFile: 'a.pdb', codeId: '45d35f6c1000', version: '1.2.3.4' },
      { debugId: '1234ABCD3', debugFile: 'b.pdb', codeId: '000000001000', version: null },
      { debugId: '', debugFile: '', codeId: '000000001000' },
    ]);
  });

  it('agree on ELF build ids, and on those that are all zero', async () => {
    const elf = (base: bigint, buildId: string) => ({
      base,
      size: 16,
      name: '/lib/x',
      codeView: { kind: 'elf' as const, buildId },
    });
    const dump = await openDescribed({
      littleEndian,
      threads: [],
      modules: [elf(0n, '0102030405060708090a0b0c0d0e0f1011121314'), elf(32n, '0102'), elf(64n, '0000000000000000')],
    });
    const expected = littleEndian ? '0403020106050807090A0B0C0D0E0F100' : '0102030405060708090A0B0C0D0E0F100';
    expect(await dump.get(reader.moduleList)).toMatchObject([
      { debugId: expected, codeId: '0102030405060708090a0b0c0d0e0f1011121314', debugFile: '/lib/x' },
      {
        debugId: littleEndian ? '000002010000000000000000000000000' : '010200000000000000000000000000000',
        codeId: '0102',
      },
      { debugId: '', codeId: '' },
    ]);
  });
});

describe('misc info', () => {
  it.each([1, 2, 3, 4, 5] as const)('of version %i has what fits into it', async (version) => {
    const dump = await openDescribed({ ...everyStream, miscInfo: { ...everyStream.miscInfo, version } });
    const misc = await dump.get(reader.miscInfo);
    expect(misc?.processId).toBe(99);
    expect(
      [misc?.processorPower, misc?.timeZone, misc?.buildString, misc?.processCookie].map((value) => value != null),
    ).toEqual([version >= 2, version >= 3, version >= 4, version >= 5]);
  });
});

describe("arm64's older context", () => {
  it('is read where the processor architecture says so', async () => {
    const registers = { pc: 0x1234n, sp: 0x5678n, x0: 9n, lr: 10n };
    const system = { processorArchitecture: 0x8003 };
    const dump = await openDescribed({ cpu: 'arm64', system, threads: [{ id: 1, registers }] });
    const info = await dump.get(reader.systemInfo);
    const [thread] = (await dump.get(reader.threadList)) ?? [];
    if (info === null || thread === undefined) throw new Error('no thread');
    const context = await reader.readContext(dump, info, thread.context);
    expect(thread.context.size).toBe(796);
    expect(context?.registers.get('pc')).toBe(0x1234n);
    expect(context?.registers.get('lr')).toBe(10n);
  });
});

describe('the writer', () => {
  it('gives the same bytes for the same description', async () => {
    expect(await writeMinidump(everyStream)).toEqual(await writeMinidump(everyStream));
  });

  it('gives a source and bytes that are equal', async () => {
    const source = reader.writeMinidumpSource(everyStream);
    const bytes = await writeMinidump(everyStream);
    expect(source.size).toBe(bytes.byteLength);
    const parts: number[] = [];
    for (let at = 0; at < source.size; at += 1000) parts.push(...(await source.read(at, 1000)));
    expect(Uint8Array.from(parts)).toEqual(bytes);
    expect(await readAll(await Minidump.open(bytesSource(bytes)))).toEqual(await readAll(await Minidump.open(source)));
  });

  it.each<CpuArchitecture>(['x86', 'amd64'])('is deterministic over CPUs: %s', async (cpu) => {
    const walked = await reader.walkMinidump({ source: bytesSource(await writeMinidump({ ...everyStream, cpu })) });
    const again = await reader.walkMinidump({ source: bytesSource(await writeMinidump({ ...everyStream, cpu })) });
    expect(reader.walkJsonText(walked)).toBe(reader.walkJsonText(again));
  });
});
