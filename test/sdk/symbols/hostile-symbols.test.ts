import fc from 'fast-check';
import { isFaultlineError } from '@faultline/sdk/errors';
import { bytesSource } from '@faultline/sdk/random-access-source';
import {
  breakpadPath,
  buildSymbolIndexInMemory,
  identityOfPath,
  openSymbolIndex,
  openSymbolText,
  safeLeaf,
  type SymbolIndexReader,
} from '@faultline/symbols';
import { describe, expect, it } from 'vitest';

const head = 'MODULE Linux x86_64 000102030405060708090A0B0C0D0E0F0 app\n';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (text: string): Promise<SymbolIndexReader> => openSymbolText(bytesOf(text), 'test');

describe('hostile symbol text', () => {
  it('nests a hundred thousand inlined calls and gets at most 256 answered', async () => {
    const inlines = Array.from({ length: 100_000 }, (_, depth) => `INLINE ${depth} 1 0 0 10 10\n`).join('');
    const symbols = await open(`${head}FILE 0 a\nINLINE_ORIGIN 0 deep\nFUNC 10 10 0 f\n${inlines}10 10 1 0\n`);
    expect((await symbols.symbolize(0x11))?.inlines).toHaveLength(256);
  });

  it('gives an INLINE a depth of 2^32-1, which leads nowhere', async () => {
    const symbols = await open(`${head}INLINE_ORIGIN 0 o\nFUNC 10 10 0 f\nINLINE 4294967295 1 0 0 10 10\n10 10 1 0\n`);
    expect((await symbols.symbolize(0x11))?.inlines).toEqual([]);
  });

  it('has a function of 2^32-1 bytes over all others', async () => {
    const symbols = await open(`${head}FUNC 0 ffffffff 0 all\nFUNC 10 10 0 f\n`);
    expect(await symbols.symbolize(0xfffffffe)).toMatchObject({ function: 'all', functionSize: 0xffffffff });
    expect(await symbols.symbolize(0xffffffff)).toBeNull();
    expect(symbols.directory.overlapping).toBe(1);
  });

  it('has addresses up to 2^52, and skips what is beyond', async () => {
    const symbols = await open(
      `${head}FUNC ffffffffffff0 8 0 high\nffffffffffff0 8 3 0\nFUNC ffffffffffffffff 8 0 beyond\nFUNC 10 1ffffffff 0 size\n`,
    );
    expect(await symbols.symbolize(0xffffffffffff1)).toMatchObject({ function: 'high' });
    expect(symbols.directory.problems.first.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'malformed record'],
      [5, 'malformed record'],
    ]);
  });

  it('has a CFI row of megabytes, which is skipped, and one of 80 KB, which is used', async () => {
    const long = '.cfa: $rsp 8 + '.repeat(100_000);
    const name = 'x'.repeat(80 * 1024);
    const symbols = await open(
      `${head}STACK CFI INIT 10 10 a: 1\nSTACK CFI 11 ${long}\nSTACK CFI 12 b: 2\nFUNC 10 10 0 ${name}\n`,
    );
    expect((await symbols.cfiAt(0x15))?.rows).toEqual(['a: 1', 'b: 2']);
    expect((await symbols.symbolize(0x10))?.function).toHaveLength(80 * 1024);
    expect(symbols.directory.problems.first).toMatchObject([{ line: 3, reason: 'line too long' }]);
  });

  it('has a line without end, of which no more than the limit is held', async () => {
    function* endless(): Generator<Uint8Array> {
      yield bytesOf(`${head}PUBLIC 10 0 `);
      const piece = new Uint8Array(64 * 1024).fill(0x61);
      for (let count = 0; count < 512; count++) yield piece;
      yield bytesOf('\nPUBLIC 20 0 after\n');
    }
    const symbols = await openSymbolText(endless(), 'test');
    expect(await symbols.symbolize(0x20)).toMatchObject({ function: 'after' });
    expect(symbols.directory.problems.first).toMatchObject([{ line: 2, reason: 'line too long' }]);
  });

  it('is larger than the limit and is refused', async () => {
    const opening = openSymbolText(bytesOf(head.repeat(100)), 'test', { limits: { maxTextBytes: 1000 } });
    await expect(opening).rejects.toMatchObject({ kind: 'TooLarge', code: 'SYMBOLS_TOO_LARGE' });
  });

  it('has more rows in one record than the limit; the rest is counted', async () => {
    const rows = Array.from({ length: 50 }, (_, row) => `${(16 + row).toString(16)} 1 1 0\n`).join('');
    const cfi = Array.from({ length: 50 }, (_, row) => `STACK CFI ${(16 + row).toString(16)} a: ${row}\n`).join('');
    const text = bytesOf(`${head}FUNC 10 32 0 f\n${rows}STACK CFI INIT 10 32 z: 1\n${cfi}`);
    const symbols = await openSymbolText(text, 'test', { limits: { maxRowsPerRecord: 10 } });
    expect(symbols.directory.problems.total).toBe(80);
    expect((await symbols.cfiAt(0x30))?.rows).toHaveLength(11);
  });

  it('answers null, not an error, for addresses that no file can have', async () => {
    const symbols = await open(`${head}FUNC 10 10 0 f\n`);
    for (const address of [-1, Number.NaN, Infinity, 2 ** 60, 0.5]) expect(await symbols.symbolize(address)).toBeNull();
  });
});

describe('names that want to leave their folder', () => {
  it.each([
    '',
    '.',
    '..',
    '../..',
    'a/..',
    'C:',
    'a\\..',
    'a\u0000b',
    'x:y',
    'con|',
    'dots..',
    'blank ',
    'x'.repeat(300),
  ])('refuses %j', (name) => {
    expect(safeLeaf(name)).toBeNull();
    expect(breakpadPath({ codeFile: '', debugFile: name === '' ? '/' : name, debugId: '0'.repeat(33) })).toBeNull();
  });

  it('takes the last part of a path of either kind of system', () => {
    const debugId = '5a9832e5287241c1838ed98914e9b7ff1';
    const path = breakpadPath({ codeFile: 'x', debugFile: 'c:\\build/../test_app.PDB', debugId });
    expect(path).toEqual({ folder: 'test_app.PDB', id: debugId.toUpperCase(), file: 'test_app.sym' });
  });

  it.each(['', '..', '../x', '0', 'G'.repeat(33), '0'.repeat(32)])('refuses the debug id %j', (debugId) => {
    expect(breakpadPath({ codeFile: 'x', debugFile: 'x', debugId })).toBeNull();
  });

  it('reads an identity back only from a path that has one', () => {
    const id = '5A9832E5287241C1838ED98914E9B7FF1';
    expect(identityOfPath(`/try/app.pdb/${id}/app.sym`)).toEqual({ debugFile: 'app.pdb', debugId: id });
    expect(identityOfPath(`/try/../${id}/app.sym`)).toBeNull();
    expect(identityOfPath('/login')).toBeNull();
  });
});

describe('a damaged index', () => {
  const text =
    `${head}INFO CODE_ID 11\nFILE 0 a.c\nFILE 1 b.c\nINLINE_ORIGIN 0 o\n` +
    Array.from(
      { length: 60 },
      (_, n) =>
        `FUNC ${(n * 32 + 16).toString(16)} 18 0 function${n}\nINLINE 0 1 0 0 ${(n * 32 + 16).toString(16)} 8\n${(n * 32 + 16).toString(16)} 18 ${n} 1\n`,
    ).join('') +
    'PUBLIC fff 0 last\nSTACK CFI INIT 10 10 .cfa: $rsp 8 +\nSTACK CFI 14 .ra: 1\nSTACK WIN 4 10 10 0 0 0 0 0 0 1 $eip 1 =\n';

  /** Asks for everything; returns what came, or the code of the one error that is allowed. */
  async function askAll(index: Uint8Array): Promise<string> {
    try {
      const symbols = await openSymbolIndex(bytesSource(index), 'test');
      const answers: unknown[] = [symbols.moduleRecord];
      for (let address = 0; address < 0x1010; address += 13) {
        answers.push(
          await symbols.symbolize(address),
          await symbols.cfiAt(address),
          await symbols.winFramesAt(address),
        );
      }
      return JSON.stringify(answers);
    } catch (error) {
      if (isFaultlineError(error) && ['SYMX_CORRUPT', 'SYMX_VERSION'].includes(error.code)) return error.code;
      throw error;
    }
  }

  it('is told from a whole one at every flipped byte, and never answers something else', async () => {
    const index = await buildSymbolIndexInMemory([bytesOf(text)]);
    const whole = await askAll(index);
    expect(whole).toContain('function59');
    let told = 0;
    for (let at = 0; at < index.length; at += 3) {
      const damaged = index.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      const answer = await askAll(damaged);
      expect(['SYMX_CORRUPT', 'SYMX_VERSION', whole]).toContain(answer);
      if (answer !== whole) told++;
    }
    expect(told).toBeGreaterThan((index.length / 3) * 0.9);
  });

  it('is told from a whole one wherever it was cut', async () => {
    const index = await buildSymbolIndexInMemory([bytesOf(text)]);
    for (let length = 0; length < index.length; length += 11) {
      expect(await askAll(index.slice(0, length))).toBe('SYMX_CORRUPT');
    }
  });

  it('of another version says so', async () => {
    const { checksum } = await import('../../../sdk/symbols/src/format/checksum.js');
    const index = await buildSymbolIndexInMemory([bytesOf(text)]);
    const trailer = new DataView(index.buffer, index.length - 56, 56);
    trailer.setUint32(32, 99, true);
    trailer.setUint32(44, checksum(index.slice(index.length - 56, index.length - 12)), true);
    await expect(openSymbolIndex(bytesSource(index), 'test')).rejects.toMatchObject({ code: 'SYMX_VERSION' });
  });

  it('whose file became shorter after it was opened gives the coded error', async () => {
    const index = await buildSymbolIndexInMemory([bytesOf(text)]);
    let end = index.length;
    const source = {
      size: index.length,
      read: (at: number, length: number) => Promise.resolve(index.slice(at, Math.min(end, at + length))),
    };
    const symbols = await openSymbolIndex(source, 'test');
    end = 100;
    await expect(symbols.symbolize(0x10)).rejects.toMatchObject({ code: 'SYMX_CORRUPT' });
  });
});

describe('fuzzed symbol text', () => {
  const words = [
    'FUNC',
    'm',
    'PUBLIC',
    'STACK CFI INIT',
    'STACK CFI',
    'STACK WIN 4',
    'STACK WIN 0',
    'INLINE',
    'INLINE_ORIGIN',
    'FILE',
    'INFO',
    'MODULE a b 0 c',
    '\n',
    '\r\n',
    '0',
    '10',
    'ffffffff',
    'fffffffffffff',
    '1 $eip ^ =',
    '.cfa: 1',
    '-1',
    'x',
    '\u0000',
  ];

  it('never throws anything but a coded error, and its index answers every address', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 120 }),
        async (parts) => {
          const symbols = await open(parts.join(' '));
          for (const address of [0, 1, 0x10, 0x1f, 0xffffffff, 2 ** 52 - 2]) {
            await symbols.symbolize(address);
            await symbols.cfiAt(address);
            await symbols.winFramesAt(address);
          }
        },
      ),
      { interruptAfterTimeLimit: 1500, numRuns: 3000 },
    );
  });
});
