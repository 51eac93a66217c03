import { describe, expect, it } from 'vitest';
import {
  crashpadInfo,
  type DumpDescription,
  exceptionChain,
  exceptionStream,
  handleData,
  linuxMaps,
  memory64List,
  memoryInfoList,
  memoryList,
  Minidump,
  moduleList,
  processMemory,
  systemInfo,
  threadList,
  threadNames,
  walkJsonText,
  walkMinidump,
  humanText,
  writeMinidump,
} from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { openDescribed, smallDump, walkDescribed } from '../described-dump.js';

const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const codes = (dump: Minidump) => dump.problems.map(({ stream, code }) => `${stream} ${code}`);
const withStream = (type: number, bytes: Uint8Array): DumpDescription => ({
  ...smallDump,
  rawStreams: [{ type, bytes }],
});

describe('a dump that is no dump', () => {
  it.each([
    ['nothing', new Uint8Array(), 'MINIDUMP_TOO_SHORT'],
    ['a short file', new Uint8Array(31), 'MINIDUMP_TOO_SHORT'],
    ['another format', new Uint8Array(64).fill(0x4d), 'MINIDUMP_BAD_SIGNATURE'],
    ['another version', words(0x504d444d, 0x1234, 0, 32, 0, 0, 0, 0), 'MINIDUMP_BAD_VERSION'],
  ])('refuses %s with a code', async (_, bytes, code) => {
    await expect(Minidump.open(bytesSource(bytes))).rejects.toMatchObject({ code });
  });

  it('refuses to walk a dump without threads or without system info', async () => {
    await expect(walkDescribed({ ...smallDump, leaveOut: [3] })).rejects.toMatchObject({ code: 'MISSING_THREAD_LIST' });
    await expect(walkDescribed({ ...smallDump, leaveOut: [7] })).rejects.toMatchObject({ code: 'MISSING_SYSTEM_INFO' });
  });
});

describe('counts larger than the file', () => {
  const most = 0xffff_ffff;
  it.each([
    ['threads', 3, words(most), threadList],
    ['modules', 4, words(most), moduleList],
    ['memory ranges', 5, words(most), memoryList],
    ['thread names', 24, words(most), threadNames],
    ['64-bit memory ranges', 9, words(most, 0xffff, 0, 0), memory64List],
    ['handles', 12, words(16, 40, most, 0), handleData],
    ['memory infos', 16, words(16, 48, most, 0x1f_ffff), memoryInfoList],
  ])('reads no %s, allocates nothing for them and says so', async (_, type, bytes, stream) => {
    const dump = await openDescribed(withStream(type, bytes));
    const value = await dump.get<unknown>(stream);
    expect(value instanceof Map ? [...value] : value).toEqual([]);
    expect(codes(dump).join()).toContain('COUNT_EXCEEDS_STREAM');
  });

  it('costs a stream with a count beyond 2^53 that stream only', async () => {
    const dump = await openDescribed(withStream(9, words(0, 0xffff_ffff, 0, 0)));
    expect(await dump.get(memory64List)).toBeNull();
    expect(await dump.get(moduleList)).toHaveLength(1);
    expect(codes(dump)).toEqual(['Memory64List MINIDUMP_TRUNCATED']);
  });

  it('reads the streams that a cut directory still names', async () => {
    const bytes = (await writeMinidump(smallDump)).slice();
    new DataView(bytes.buffer).setUint32(8, 0xffff_ffff, true);
    const dump = await Minidump.open(bytesSource(bytes));
    expect(await dump.get(threadList)).toHaveLength(1);
    expect(codes(dump)).toEqual(['header MINIDUMP_TRUNCATED']);
  });
});

describe('streams that lie', () => {
  it('reads streams that overlap', async () => {
    const stream = words(1, 2, 3, 4);
    const dump = await openDescribed({
      ...smallDump,
      directoryEntries: [{ type: 5, size: 64, rva: 40 }],
      rawStreams: [{ type: 10, bytes: stream }],
    });
    expect(await dump.get(threadList)).toHaveLength(1);
    expect(await dump.get(memoryList)).not.toBeUndefined();
  });

  it('takes the later of two streams of one type and says so', async () => {
    const dump = await openDescribed(withStream(4, words(0)));
    expect(await dump.get(moduleList)).toEqual([]);
    expect(codes(dump)).toEqual(['ModuleList DUPLICATE_STREAM']);
  });

  it('reads a directory that lies inside the header', async () => {
    const bytes = (await writeMinidump(smallDump)).slice();
    new DataView(bytes.buffer).setUint32(12, 4, true);
    const dump = await Minidump.open(bytesSource(bytes));
    expect(await dump.get(threadList)).toBeNull();
  });

  it('cuts a stream that reaches behind the file', async () => {
    const dump = await openDescribed({
      ...smallDump,
      directoryEntries: [{ type: 24, size: 0xffff_fff0, rva: 0xffff_0000 }],
    });
    expect(await dump.get(threadNames)).toBeNull();
    expect(codes(dump)).toContain('ThreadNames MINIDUMP_TRUNCATED');
    expect(await dump.get(threadList)).toHaveLength(1);
  });

  it('keeps the modules whose names and records cannot be read', async () => {
    const module = {
      base: 0x1000n,
      size: 0x1000,
      name: 'a',
      codeView: { kind: 'raw' as const, bytes: new Uint8Array(3) },
    };
    const bytes = await writeMinidump({ ...smallDump, modules: [module, { base: 0x5000n, size: 16, name: 'b' }] });
    const list = (await Minidump.open(bytesSource(bytes))).streams.find(({ type }) => type === 4);
    new DataView(bytes.buffer).setUint32((list?.rva ?? 0) + 4 + 20, 0xffff_fff0, true);
    const dump = await Minidump.open(bytesSource(bytes));
    expect(await dump.get(moduleList)).toMatchObject([
      { codeFile: '', debugId: '' },
      { codeFile: 'b', debugId: '' },
    ]);
    expect(codes(dump)).toEqual(['ModuleList MINIDUMP_TRUNCATED', 'ModuleList MINIDUMP_TRUNCATED']);
  });

  it('skips a thread name whose 64-bit offset lies behind the file', async () => {
    const bytes = words(2, 1, 0xffff_fff0, 0x0000_0fff, 1, 0xffff_ffff, 0xffff_ffff);
    const dump = await openDescribed(withStream(24, bytes));
    expect(await dump.get(threadNames)).toEqual(new Map());
    expect(codes(dump).filter((code) => code.startsWith('ThreadNames MINIDUMP_TRUNCATED'))).toHaveLength(2);
  });

  it('reads a string of odd length up to its last whole character', async () => {
    const bytes = await writeMinidump({ ...smallDump, modules: [{ base: 0x1000n, size: 1, name: 'abcd' }] });
    const dump = await Minidump.open(bytesSource(bytes));
    const list = dump.streams.find(({ type }) => type === 4);
    const view = new DataView(bytes.buffer);
    view.setUint32(view.getUint32((list?.rva ?? 0) + 4 + 20, true), 7, true);
    expect(await (await Minidump.open(bytesSource(bytes))).get(moduleList)).toMatchObject([{ codeFile: 'abc' }]);
  });

  it('leaves out lines of /proc/self/maps that are no mappings', async () => {
    const maps =
      '00400000-00401000 r-xp 00000000 08:01 12 /bin/app\nnot a line\n00500000-00501000 rw-p 0 0:0 0 [heap]\n';
    const dump = await openDescribed({ ...smallDump, linux: { maps } });
    expect(await dump.get(linuxMaps)).toMatchObject([{ name: '/bin/app', isExecutable: true }, { name: '[heap]' }]);
    expect(codes(dump)).toEqual(['LinuxMaps BAD_LINES']);
  });

  it('drops memory whose range wraps around the address space', async () => {
    const start = 0xffff_ffff_ffff_fff0n;
    const dump = await openDescribed({ ...smallDump, memory64: [{ start, contents: new Uint8Array(64) }] });
    expect((await processMemory(dump)).rangeAt(start)).toBeNull();
    expect(codes(dump)).toEqual(['Memory64List BAD_MEMORY_RANGE']);
  });

  it('follows a chain of exceptions that comes back to itself once', async () => {
    const record = new Uint8Array(152);
    new DataView(record.buffer).setBigUint64(8, 0x9000n, true);
    const dump = await openDescribed({
      ...smallDump,
      exception: { threadId: 1, code: 11, chainedRecord: 0x9000n },
      memory: [{ start: 0x9000n, contents: record }],
    });
    expect(await exceptionChain(dump)).toHaveLength(1);
  });

  it('bounds a Crashpad list that names itself as its modules', async () => {
    const dump = await openDescribed({
      ...smallDump,
      crashpad: { annotations: { a: 'b' }, modules: [{ moduleIndex: 0 }] },
    });
    const entry = dump.streams.find(({ type }) => type === 0x43500001);
    const bytes = await writeMinidump({
      ...smallDump,
      crashpad: { annotations: { a: 'b' }, modules: [{ moduleIndex: 0 }] },
    });
    const view = new DataView(bytes.buffer);
    view.setUint32((entry?.rva ?? 0) + 44, 0x7fff_ffff, true);
    view.setUint32((entry?.rva ?? 0) + 48, entry?.rva ?? 0, true);
    const hostile = await Minidump.open(bytesSource(bytes));
    expect((await hostile.get(crashpadInfo))?.annotations).toEqual([['a', 'b']]);
    expect(codes(hostile)[0]).toMatch(/^CrashpadInfo /);
  });
});

describe('limits', () => {
  it('says how many entries it left unread', async () => {
    const modules = Array.from({ length: 20 }, (_, index) => ({
      base: BigInt(index) << 16n,
      size: 16,
      name: `m${index}`,
    }));
    const dump = await openDescribed({ ...smallDump, modules }, { modules: 5 });
    expect(await dump.get(moduleList)).toHaveLength(5);
    expect(codes(dump)).toEqual(['ModuleList LIMIT_REACHED']);
  });

  it('reads no more of a long name than the limit', async () => {
    const modules = [{ base: 0n, size: 16, name: 'x'.repeat(10_000) }];
    const dump = await openDescribed({ ...smallDump, modules }, { stringBytes: 200 });
    expect((await dump.get(moduleList))?.[0]?.codeFile).toHaveLength(100);
  });

  it('lists a bounded number of problems', async () => {
    const modules = Array.from({ length: 500 }, (_, index) => ({
      base: BigInt(index) << 16n,
      size: 16,
      name: 'm',
      codeView: { kind: 'raw' as const, bytes: new Uint8Array(2) },
    }));
    const dump = await openDescribed({ ...smallDump, modules });
    expect(await dump.get(moduleList)).toHaveLength(500);
    expect(dump.problems.length).toBeLessThanOrEqual(201);
    expect(codes(dump).at(-1)).toBe('header LIMIT_REACHED');
  });
});

describe('threads that lie', () => {
  it('walks a thread without registers to no frames, and the crash has no thread then', async () => {
    const result = await walkDescribed({ ...smallDump, threads: [{ id: 1 }], exception: { threadId: 1, code: 11 } });
    expect(result.threads).toMatchObject([{ status: 'no-context', frames: [] }]);
    expect(walkJsonText(result)).not.toContain('"threads_index"');
  });

  it('gives only the first frame when the stack is empty or wraps around', async () => {
    const registers = { rip: 0x40_1000n, rsp: 0xffff_ffff_ffff_fff8n };
    const wrapping = { id: 1, registers, stack: { start: 0xffff_ffff_ffff_fff0n, bytes: new Uint8Array(64) } };
    const result = await walkDescribed({ ...smallDump, threads: [wrapping, { id: 2, registers }] });
    expect(result.threads.map(({ frames }) => frames.length)).toEqual([1, 1]);
  });

  it('refuses a context of another CPU', async () => {
    const arm = await writeMinidump({ ...smallDump, cpu: 'arm', threads: [{ id: 1, registers: { pc: 4096 } }] });
    const dump = await Minidump.open(bytesSource(arm));
    const entry = dump.streams.find(({ type }) => type === 7);
    new DataView(arm.buffer).setUint16(entry?.rva ?? 0, 0, true);
    const result = await walkMinidump({ source: bytesSource(arm) });
    expect(result.threads[0]?.status).toBe('no-context');
    expect(result.problems.map(({ code }) => code)).toContain('WRONG_CPU_CONTEXT');
  });

  it('ends a stack of endless frames at the limit and says so', async () => {
    const stack = Array.from({ length: 40_000 }, (_, index) =>
      index % 2 === 0 ? 0x10_0000n + BigInt(index + 2) * 8n : 0x40_1234n,
    );
    const registers = { rip: 0x40_1000n, rsp: 0x10_0000n, rbp: 0x10_0000n };
    const result = await walkDescribed({
      ...smallDump,
      threads: [{ id: 1, registers, stack: { start: 0x10_0000n, words: stack } }],
      exception: { threadId: 1, code: 11, registers },
    });
    expect(result.threads[0]?.frames).toHaveLength(1024);
    expect(result.threads[0]?.summary?.end).toBe('frame-limit');
    expect(humanText(result)).toContain('The walk ended early: the limit of frames is reached');
  });

  it('gives each of very many threads its share of the frames, and the crashing one all of its own', async () => {
    const words = Array.from({ length: 2000 }, (_, index) =>
      index % 2 === 0 ? 0x10_0000n + BigInt(index + 2) * 8n : 0x40_1234n,
    );
    const registers = { rip: 0x40_1000n, rsp: 0x10_0000n, rbp: 0x10_0000n };
    const stack = { start: 0x10_0000n, words };
    const others = Array.from({ length: 99 }, (_, index) => ({ id: index + 2, registers }));
    const bytes = await writeMinidump({
      ...smallDump,
      threads: [{ id: 1, registers, stack }, ...others],
      exception: { threadId: 1, code: 11, registers },
    });
    const result = await walkMinidump({ source: bytesSource(bytes), limits: { totalFrames: 5000 } });
    expect(result.threads.map(({ frames }) => frames.length)).toEqual([1001, ...others.map(() => 50)]);
    expect(result.problems).toEqual([
      { stream: 'walk', code: 'LIMIT_REACHED', message: '99 of 100 threads are walked for 50 frames only' },
    ]);
  });

  it('drops the upper half of an address on a 32-bit CPU, as some writers extend its sign', async () => {
    const exception = { threadId: 1, code: 0xc0000005, information: [0n, 0xffff_ffff_f000_0010n] };
    const result = await walkDescribed({ os: 'Windows NT', cpu: 'x86', threads: [{ id: 1 }], exception });
    expect(result.crash).toEqual({ type: 'EXCEPTION_ACCESS_VIOLATION_READ', address: 0xf000_0010n });
  });

  it('takes an exception whose thread is not in the list for a crash without a thread', async () => {
    const result = await walkDescribed({ ...smallDump, exception: { threadId: 99, code: 11, flags: 1 } });
    expect(result.requestingThread).toBeNull();
    expect(result.crash?.type).toBe('SIGSEGV / SEGV_MAPERR');
  });

  it('reads no more exception parameters than the record has', async () => {
    const information = Array.from({ length: 15 }, (_, index) => index);
    const bytes = await writeMinidump({ ...smallDump, exception: { threadId: 1, code: 1, information } });
    const dump = await Minidump.open(bytesSource(bytes));
    const entry = dump.streams.find(({ type }) => type === 6);
    new DataView(bytes.buffer).setUint32((entry?.rva ?? 0) + 32, 0xffff_ffff, true);
    expect((await (await Minidump.open(bytesSource(bytes))).get(exceptionStream))?.information).toHaveLength(15);
  });
});

describe('the system of a dump', () => {
  it('names an unknown CPU and system by what they are', async () => {
    const dump = await openDescribed({ cpu: 'unknown', system: { platformId: 0x1234 }, threads: [] });
    expect(await dump.get(systemInfo)).toMatchObject({ cpu: 'unknown', os: '0x1234' });
  });
});
