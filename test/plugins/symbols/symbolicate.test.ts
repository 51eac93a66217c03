import type { ModuleSymbols, SymbolAttempt, SymbolLookup } from '@faultline/sdk/module-symbols';
import { buildSymbolIndexInMemory, openSymbolIndex } from '@faultline/symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { describe, expect, it } from 'vitest';
import { inVersion4, symbolicate } from '../../../plugins/symbols/src/symbolicate/symbolicate.js';
import { DebugTally } from '../../../plugins/symbols/src/symbolicate/symbolication-debug.js';
import { parseSymbolication } from '../../../plugins/symbols/src/symbolicate/symbolication-request.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const text =
  `MODULE windows x86_64 ${id} app.pdb\nFILE 0 main.cc\nFILE 1 inline.h\nINLINE_ORIGIN 0 inner\n` +
  'FUNC 1000 20 0 outer\nINLINE 0 5 0 0 1000 8\n1000 8 7 1\n1008 18 9 0\n';

async function provider() {
  const asked: string[] = [];
  const symbols: ModuleSymbols = await openSymbolIndex(
    bytesSource(await buildSymbolIndexInMemory([Buffer.from(text)])),
    'x',
  );
  return {
    asked,
    find: ({ debugFile }: { debugFile: string }): Promise<SymbolLookup> => {
      asked.push(debugFile);
      return Promise.resolve({
        symbols: debugFile === 'app.pdb' ? symbols : null,
        attempts: [],
        isCorrupt: false,
        url: null,
      });
    },
  };
}

describe('symbolication', () => {
  const job = {
    memoryMap: [
      ['app.pdb', id],
      ['gone.pdb', id],
      ['unused.pdb', id],
    ] as [string, string][],
    stacks: [
      [
        [0, 0x1004],
        [0, 0x1010],
        [0, 0x9000],
        [1, 5],
        [-1, 0x77],
        [0, -1],
      ],
    ] as [number, number][][],
  };

  it('names function, file, line and inlines, and says which modules were found', async () => {
    const symbols = await provider();
    const answer = await symbolicate(job, { provider: symbols, codeFileOf: () => 'app.exe', tally: null });
    expect(answer).toEqual({
      stacks: [
        [
          {
            frame: 0,
            module: 'app.exe',
            module_offset: '0x1004',
            function: 'outer',
            function_offset: '0x4',
            file: 'main.cc',
            line: 5,
            inlines: [{ function: 'inner', file: 'inline.h', line: 7 }],
          },
          {
            frame: 1,
            module: 'app.exe',
            module_offset: '0x1010',
            function: 'outer',
            function_offset: '0x10',
            file: 'main.cc',
            line: 9,
          },
          { frame: 2, module: 'app.exe', module_offset: '0x9000' },
          { frame: 3, module: 'gone.pdb', module_offset: '0x5' },
          { frame: 4, module: '<unknown>', module_offset: '0x77' },
          { frame: 5, module: 'app.pdb', module_offset: '-0x1' },
        ],
      ],
      found_modules: { [`app.pdb/${id}`]: true, [`gone.pdb/${id}`]: false, [`unused.pdb/${id}`]: null },
    });
    expect(symbols.asked).toEqual(['app.pdb', 'gone.pdb']);
    expect(inVersion4(answer)).toEqual({
      symbolicatedStacks: [
        [
          'outer (in app.exe)',
          'outer (in app.exe)',
          '0x9000 (in app.exe)',
          '0x5 (in gone.pdb)',
          '0x77 (in <unknown>)',
          '-0x1 (in app.pdb)',
        ],
      ],
      knownModules: [true, false, null],
    });
  });

  it('says what it cost where that is asked for: look-ups, downloads and indexes by module', async () => {
    const attempt = { source: 'x', milliseconds: 10, bytes: 0 };
    const server = { ...attempt, location: 'https://s.example/x' };
    const attempts: Record<string, SymbolAttempt[]> = {
      'app.pdb': [
        { ...attempt, location: '/folder/x', status: 'not-found' },
        { ...server, status: 'found', bytes: 500 },
      ],
      'gone.pdb': [{ ...server, status: 'timeout' }],
    };
    const symbols = await provider();
    const find: typeof symbols.find = async (module) => ({
      ...(await symbols.find(module)),
      attempts: attempts[module.debugFile] ?? [],
    });
    const tally = new DebugTally();
    await symbolicate(job, { provider: { find }, codeFileOf: () => null, tally });
    const [app, gone] = [`app.pdb/${id}`, `gone.pdb/${id}`];
    const some = expect.any(Number) as number;
    expect(tally.finish()).toEqual({
      time: some,
      stacks: { count: 6, real: 5 },
      modules: { count: 2, stacks_per_module: { [app]: 4, [gone]: 1 } },
      cache_lookups: { count: 1, hits: 0, time: 0.01 },
      downloads: {
        count: 2,
        size: 500,
        time: 0.02,
        size_per_module: { [app]: 500 },
        time_per_module: { [app]: 0.01 },
        fail_time_per_module: { [gone]: 0.01 },
      },
      parse_sym: { time: some, time_per_module: { [app]: some } },
    });
  });

  it('takes one job alone, or several', () => {
    const plain = { memoryMap: job.memoryMap, stacks: job.stacks };
    expect(parseSymbolication(plain)).toEqual([plain]);
    expect(parseSymbolication({ jobs: [plain, plain] })).toHaveLength(2);
  });

  it.each([
    [[], /not valid JSON/],
    ['text', /not valid JSON/],
    [{ jobs: [] }, /no jobs/],
    [{ jobs: Array.from({ length: 11 }, () => job) }, /limit number of jobs/],
    [{ jobs: [1] }, /job 0 is invalid/],
    [{ stacks: [[]] }, /no modules/],
    [{ memoryMap: [] }, /no stacks/],
    [
      { memoryMap: [['a/b', 'X']], stacks: [[]] },
      /job 0 has invalid modules: module index 0 has an invalid debug_file/,
    ],
    [{ memoryMap: [['a', 'XYZ']], stacks: [[]] }, /invalid debug_id/],
    [{ memoryMap: [['a']], stacks: [[]] }, /not a \[debug file, debug id\]/],
    [{ memoryMap: [], stacks: [[[0, 1]]] }, /isn't in modules/],
    [{ memoryMap: [], stacks: [[[-1, -2]]] }, /invalid module_offset/],
    [{ memoryMap: [], stacks: [[[-1, 1.5]]] }, /not a \[module index/],
    [{ memoryMap: [], stacks: [[[-1, 2 ** 60]]] }, /not a \[module index/],
    [{ memoryMap: [], stacks: [Array.from({ length: 100_001 }, () => [-1, 1])] }, /more than 100000 frames/],
  ])('refuses what is none: %#', (payload, words) => {
    expect(() => parseSymbolication(payload)).toThrow(words);
  });
});
