import { describe, expect, it } from 'vitest';
import {
  breakpadText,
  type DumpDescription,
  humanText,
  type JsonValue,
  walkJson,
  walkJsonText,
  walkMinidump,
  writeMinidump,
} from '@faultline/minidump';
import type { ModuleSymbols, SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { smallDump } from '../described-dump.js';

/** Symbols that name one function with one inlined call everywhere. */
const symbols: ModuleSymbols = {
  moduleRecord: { os: 'Linux', architecture: 'x86_64', debugId: '', name: 'app' },
  origin: 'app.sym',
  symbolize: () => ({
    function: 'outer',
    functionAddress: 0x100,
    functionSize: 0xffff,
    parameterSize: 0,
    source: 'func',
    isFolded: true,
    file: '/src/outer.c',
    line: 7,
    lineAddress: 0xff0,
    inlines: [{ function: 'inner', file: '/src/inner.h', line: 3 }],
  }),
  hasFunctionAt: () => true,
  cfiAt: () => null,
  winFramesAt: () => null,
};

const provider: SymbolProvider = {
  find: () =>
    Promise.resolve({
      symbols,
      attempts: [{ source: 'test', location: 'app.sym', status: 'found', milliseconds: 1, bytes: 2 }],
      isCorrupt: false,
      url: 'https://symbols.example.org/app.sym',
    }),
};

async function walk(dump: DumpDescription, options: { symbols?: SymbolProvider } = {}) {
  return walkMinidump({ source: bytesSource(await writeMinidump(dump)), ...options });
}

/** Paths of objects whose keys are not in order. */
function unordered(value: JsonValue, path = '$'): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unordered(item, `${path}[${index}]`));
  if (value === null || typeof value !== 'object') return [];
  const keys = Object.keys(value);
  const isOrdered = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return [...(isOrdered ? [] : [path]), ...keys.flatMap((key) => unordered(value[key] ?? null, `${path}.${key}`))];
}

const fullDump: DumpDescription = {
  ...smallDump,
  breakpadInfo: { requestingThreadId: 1 },
  miscInfo: { version: 5, processId: 3, timeZone: { id: 1, biasMinutes: 5, standardName: 'A', daylightName: 'B' } },
  assertion: { expression: 'e', functionName: 'f', file: 'g', line: 1, type: 1 },
  crashpad: {
    annotations: { b: '1', a: '2' },
    modules: [
      {
        moduleIndex: 0,
        objects: [
          { name: 'n', type: 1, value: 'v' },
          { name: 'x', type: 0x8000, value: Uint8Array.of(255) },
        ],
      },
    ],
  },
  handles: [{ handle: 1, objectName: 'x' }],
  unloadedModules: [{ base: 0x1000n, size: 0x1000, name: 'gone' }],
  linux: {
    limits: 'h\nMax open files  1  2  files\n',
    lsbRelease: 'ID=x\n',
    maps: '00400000-00410000 r-xp 0 0:0 0 x\n',
    commandLine: ['a', 'b'],
    environment: { SECRET: 'value' },
  },
  macCrashInfo: [{ version: 5, message: 'm' }],
  softErrors: '{"z":1,"a":[{"y":1,"b":2}]}',
  threadInfo: [{ threadId: 1, startAddress: 0x40_0000n }],
};

describe('the JSON', () => {
  it('has all keys of all objects in alphabetical order', async () => {
    expect(unordered(walkJson(await walk(fullDump, { symbols: provider })))).toEqual([]);
  });

  it('is the same text for the same dump', async () => {
    expect(walkJsonText(await walk(fullDump))).toBe(walkJsonText(await walk(fullDump)));
  });

  it('tells of symbols by module, and where they came from', async () => {
    const json = walkJson(await walk(smallDump, { symbols: provider }));
    expect(json['modules']).toMatchObject([
      { loaded_symbols: true, missing_symbols: false, symbol_url: 'https://symbols.example.org/app.sym' },
    ]);
    expect(json['faultline']).toMatchObject({ symbols: [{ found: true, attempts: [{ status: 'found', bytes: 2 }] }] });
  });

  it('says that symbols are missing only where somebody looked', async () => {
    const none: SymbolProvider = {
      find: () => Promise.resolve({ symbols: null, attempts: [], isCorrupt: false, url: null }),
    };
    const missing = async (given?: SymbolProvider) =>
      walkJson(await walk(smallDump, given && { symbols: given }))['modules'];
    expect(await missing(none)).toMatchObject([{ missing_symbols: true }]);
    expect(await missing()).toMatchObject([{ missing_symbols: false }]);
  });

  it('keeps the reason when a provider throws', async () => {
    const broken: SymbolProvider = { find: () => Promise.reject(new Error('disk on fire')) };
    const json = walkJson(await walk(smallDump, { symbols: broken }));
    expect(JSON.stringify(json['faultline'])).toContain('disk on fire');
    expect(json['thread_count']).toBe(1);
  });

  it('prints names of environment variables and none of their values', async () => {
    const text = walkJsonText(await walk(fullDump));
    expect(text).toContain('"environment_names":["SECRET"]');
    expect(text).not.toContain('"value"],');
  });

  it('names the unloaded modules that an address without a module lies in', async () => {
    const registers = { rip: 0x1800n, rsp: 0x7fff_0000n };
    const unloadedModules = [
      { base: 0x1000n, size: 0x1000, name: 'b.dll' },
      { base: 0x1400n, size: 0x1000, name: 'a.dll' },
      { base: 0x1200n, size: 0x1000, name: 'b.dll' },
      { base: 0x1000n, size: 0x1000, name: 'b.dll' },
    ];
    const json = walkJson(
      await walk({
        ...smallDump,
        unloadedModules,
        threads: [{ id: 1, registers }],
        exception: { threadId: 1, code: 11, registers },
      }),
    );
    expect(json['threads']).toMatchObject([
      {
        frames: [
          {
            module: null,
            unloaded_modules: [
              { module: 'a.dll', offsets: ['0x0000000000000400'] },
              { module: 'b.dll', offsets: ['0x0000000000000600', '0x0000000000000800'] },
            ],
          },
        ],
      },
    ]);
  });

  it('leaves out the crashing thread of a dump without a crash, and its exception', async () => {
    const { exception: _, ...noCrash } = smallDump;
    const json = walkJson(await walk(noCrash));
    expect(json['crashing_thread']).toBeUndefined();
    expect(json['crash_info']).toMatchObject({
      type: null,
      address: null,
      crash_inconsistencies: null,
      crashing_thread: null,
    });
  });

  it('walks only the crashing thread when asked to', async () => {
    const [main] = smallDump.threads ?? [];
    if (main === undefined) throw new Error('no thread');
    const dump = { ...smallDump, threads: [{ ...main, id: 5 }, main] };
    const result = await walkMinidump({ source: bytesSource(await writeMinidump(dump)), threads: 'crashing' });
    expect(result.threads.map(({ status }) => status)).toEqual(['not-asked', 'walked']);
  });
});

describe('frames', () => {
  it('come as soon as they are known, the crashing thread first', async () => {
    const [main] = smallDump.threads ?? [];
    if (main === undefined) throw new Error('no thread');
    const dump = { ...smallDump, threads: [{ ...main, id: 5 }, { ...main, id: 6 }, main] };
    const order: number[] = [];
    const done: number[] = [];
    await walkMinidump({
      source: bytesSource(await writeMinidump(dump)),
      onFrame: (_, { index }) => order.push(index),
      onProgress: ({ threadsDone }) => done.push(threadsDone),
    });
    expect(order.slice(0, 2)).toEqual([2, 2]);
    expect(new Set(order)).toEqual(new Set([0, 1, 2]));
    expect(done).toEqual([1, 2, 3]);
  });
});

describe("Breakpad's text", () => {
  it('counts inlined calls as frames and prints offsets from the line', async () => {
    const lines = breakpadText(await walk(smallDump, { symbols: provider })).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'OS|Linux|0.0.0 ',
      'CPU|amd64|family 6 model 13 stepping 8|1',
      'GPU|||',
      'Crash|SIGSEGV / SEGV_MAPERR|0x45|0',
      'Module|app||app|D4C3B2A1F6E5180700000000000000000|0x00400000|0x0040ffff|1',
      '',
    ]);
    expect(lines.slice(6, 9)).toEqual([
      '0|0|app|inner|/src/inner.h|3|0x10',
      '0|1|app|outer|/src/outer.c|7|0x10',
      '0|2|app|inner|/src/inner.h|3|0x244',
    ]);
  });

  it('says so when there was no crash', async () => {
    const { exception: _, ...noCrash } = smallDump;
    expect(breakpadText(await walk(noCrash))).toContain('Crash|No crash||\n');
  });
});

describe('the text for people', () => {
  it('shows the crash, the frames with their lines, the modules and what was not read', async () => {
    const text = humanText(
      await walk(
        { ...fullDump, leaveOut: [5], rawStreams: [{ type: 5, bytes: Uint8Array.of(255, 0, 0, 0) }] },
        { symbols: provider },
      ),
    );
    expect(text).toContain('Crash reason:  SIGSEGV / SEGV_MAPERR\n');
    expect(text).toContain('Verdict: ');
    expect(text).toContain('Thread 0 main (crashed) - tid: 1\n 0  app!inner [inner.h : 3]\n    Found by: inlining\n');
    expect(text).toContain(' 1  app!outer [outer.c : 7 + 0x10]\n     rax = 0x0000000000000000    rdx =');
    expect(text).toContain('Assertion: e in f [g : 1]\n');
    expect(text).toContain(
      'MemoryList: The stream names 255 memory ranges, but has bytes for 0 (COUNT_EXCEEDS_STREAM)\n',
    );
  });

  it('shows only the crashing thread when brief', async () => {
    const [main] = smallDump.threads ?? [];
    if (main === undefined) throw new Error('no thread');
    const text = humanText(await walk({ ...smallDump, threads: [{ ...main, id: 5 }, main] }), { brief: true });
    expect(text.match(/^Thread /gm)).toHaveLength(1);
    expect(text).not.toContain('Loaded modules');
  });
});
