import { openSymbolText, checkSymbolFile, type SymbolIndexReader, type SymbolLimits } from '@faultline/symbols';
import { describe, expect, it } from 'vitest';

const head = 'MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 test app.pdb\n';

function open(text: string | Uint8Array, limits: Partial<SymbolLimits> = {}): Promise<SymbolIndexReader> {
  return openSymbolText(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'test', { limits });
}

function problemsOf(symbols: SymbolIndexReader): [number, string][] {
  return symbols.directory.problems.first.map(({ line, reason }) => [line, reason]);
}

/** Feeds a text in pieces of `size` bytes, in one buffer that is used again for each. */
function* pieces(text: string, size: number): Generator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

describe('a symbol file as generators write it', () => {
  it('gives its MODULE record, names with blanks included, and its INFO records', async () => {
    const symbols = await open(
      `${head}INFO CODE_ID 4B4E1A2C9000 test app.exe\nINFO GENERATOR dump_syms 2.3.9\nPUBLIC 10 0 a\n`,
    );
    expect(symbols.moduleRecord).toEqual({
      os: 'windows',
      architecture: 'x86',
      debugId: '5A9832E5287241C1838ED98914E9B7FF1',
      name: 'test app.pdb',
    });
    expect(symbols.directory.info).toEqual({
      codeId: '4B4E1A2C9000',
      codeFile: 'test app.exe',
      generator: 'dump_syms 2.3.9',
    });
  });

  it('marks functions and public symbols that were folded together', async () => {
    const symbols = await open(`${head}FUNC m 10 10 4 f\nPUBLIC m 30 8 p\nFUNC 50 4 0 m\n`);
    expect(await symbols.symbolize(0x11)).toMatchObject({ function: 'f', isFolded: true, parameterSize: 4 });
    expect(await symbols.symbolize(0x31)).toMatchObject({ function: 'p', isFolded: true, parameterSize: 8 });
    expect(await symbols.symbolize(0x51)).toMatchObject({ function: 'm', isFolded: false });
  });

  it('reads the old INLINE vintage, whose records have no call file, and finds the files by the origins', async () => {
    const symbols = await open(
      `${head}FILE 0 main.cc\nFILE 1 inner.h\nINLINE_ORIGIN 0 1 inner()\nINLINE_ORIGIN 1 0 outer()\n` +
        'FUNC 100 40 0 main\nINLINE 0 42 1 110 20\nINLINE 1 7 0 118 8\n100 18 3 0\n118 8 9 1\n120 20 4 0\n',
    );
    expect(await symbols.symbolize(0x11a)).toMatchObject({
      function: 'main',
      file: 'main.cc',
      line: 42,
      inlines: [
        { function: 'inner()', file: 'inner.h', line: 9 },
        { function: 'outer()', file: 'main.cc', line: 7 },
      ],
    });
  });

  it('gives the outer frame the place of the call and the innermost inline the line row', async () => {
    const symbols = await open(
      `${head}FILE 1 a\nFILE 2 b\nINLINE_ORIGIN 0 in0\nINLINE_ORIGIN 1 in1\nFUNC 4290 20 0 f\n` +
        'INLINE 0 11 1 0 4290 20\nINLINE 1 12 2 1 4290 8 4298 8\n4290 20 5 2\n',
    );
    expect(await symbols.symbolize(0x429e)).toMatchObject({
      file: 'a',
      line: 11,
      inlines: [
        { function: 'in1', file: 'b', line: 5 },
        { function: 'in0', file: 'b', line: 12 },
      ],
    });
  });

  it('answers CFI as the INIT row and the rows up to the address', async () => {
    const symbols = await open(
      `${head}STACK CFI INIT 10 10 .cfa: $rsp 8 +\nSTACK CFI 14 .cfa: $rsp 16 +\nSTACK CFI 18 .cfa: $rbp 16 +\n`,
    );
    expect(await symbols.cfiAt(0x13)).toEqual({ initAddress: 0x10, initSize: 0x10, rows: ['.cfa: $rsp 8 +'] });
    expect((await symbols.cfiAt(0x1f))?.rows).toEqual(['.cfa: $rsp 8 +', '.cfa: $rsp 16 +', '.cfa: $rbp 16 +']);
    expect(await symbols.cfiAt(0x20)).toBeNull();
  });

  it('answers synchronously what stands in memory', async () => {
    const symbols = await open(`${head}FUNC 10 10 0 f\n`);
    expect(symbols.hasFunctionAt(0x10)).toBe(true);
    expect(symbols.hasFunctionAt(0x20)).toBe(false);
  });
});

describe('records that overlap or repeat', () => {
  it.each([
    [
      'of two functions with one start the shorter one is kept',
      'FUNC 4290 100 0 long\nFUNC 4290 20 0 short\n',
      'short',
    ],
    ['of overlapping functions the first by address is kept', 'FUNC 4280 100 0 outer\nFUNC 4290 20 0 inner\n', 'outer'],
    ['of equal functions the first is kept', 'FUNC 4290 20 0 a\nFUNC 4290 20 0 b\n', 'a'],
    ['of public symbols at one address the greatest name is kept', 'PUBLIC 4290 0 bbb\nPUBLIC 4290 0 aaa\n', 'bbb'],
    [
      'a public symbol before a function of its address is not answered',
      'PUBLIC 4290 0 p\nFUNC 4290 4 0 f\n',
      undefined,
    ],
    ['a public symbol behind a function is answered', 'PUBLIC 4290 0 p\nFUNC 4280 4 0 f\n', 'p'],
    ['a function of size 0 covers nothing', 'PUBLIC 4280 0 p\nFUNC 4290 0 0 f\n', 'p'],
  ])('%s', async (_name, records, expected) => {
    const symbols = await open(head + records);
    expect((await symbols.symbolize(0x429e))?.function).toBe(expected);
  });

  it('keeps the last of several FILE and INLINE_ORIGIN records with one id', async () => {
    const symbols = await open(
      `${head}FILE 1 a\nFILE 1 b\nINLINE_ORIGIN 0 x\nINLINE_ORIGIN 0 y\nFUNC 10 10 0 f\nINLINE 0 3 1 0 10 10\n10 10 7 1\n`,
    );
    expect(await symbols.symbolize(0x11)).toMatchObject({ file: 'b', inlines: [{ function: 'y' }] });
  });

  it('ends a STACK WIN record where the next one starts inside it', async () => {
    const win = (start: string, size: string, locals: string): string =>
      `STACK WIN 4 ${start} ${size} 0 0 0 0 ${locals} 0 1 $eip .raSearch ^ =\n`;
    const symbols = await open(head + win('10', '40', '1') + win('20', '10', '2') + win('20', '10', '3'));
    expect((await symbols.winFramesAt(0x1f))?.frameData).toMatchObject({ localSize: 1, codeSize: 0x10 });
    expect((await symbols.winFramesAt(0x20))?.frameData).toMatchObject({ localSize: 2 });
    expect(await symbols.winFramesAt(0x30)).toBeNull();
  });
});

describe('a symbol file with faults', () => {
  it('uses the last line although it does not end', async () => {
    const symbols = await open(`${head}PUBLIC 10 0 last`);
    expect(await symbols.symbolize(0x10)).toMatchObject({ function: 'last' });
    expect(problemsOf(symbols)).toEqual([[2, 'no final newline']]);
  });

  it('skips what it does not know and says which lines', async () => {
    const symbols = await open(`${head}FUNC 10 10 0 f\nHELLO world\n10 zz 5 1\n10 10 5 1\nFILE x y\nPUBLIC 40\n`);
    expect(await symbols.symbolize(0x10)).toMatchObject({ function: 'f' });
    expect(problemsOf(symbols)).toEqual([
      [3, 'unknown record'],
      [4, 'malformed record'],
      [6, 'malformed record'],
      [7, 'malformed record'],
    ]);
  });

  it('skips the rows of a function or CFI range that it could not read, and tells of it once', async () => {
    const symbols = await open(
      `${head}FUNC xyz 10 0 f\n10 10 5 1\nSTACK CFI INIT q 1 x\nSTACK CFI 11 y\nPUBLIC 20 0 p\n`,
    );
    expect(problemsOf(symbols)).toEqual([
      [2, 'malformed record'],
      [4, 'malformed record'],
    ]);
    expect(await symbols.symbolize(0x20)).toMatchObject({ function: 'p' });
  });

  it('keeps names that are not UTF-8, with a mark in place of the byte', async () => {
    const bytes = new TextEncoder().encode(`${head}FUNC 10 10 0 caf?\n`);
    bytes[bytes.length - 2] = 0xe9;
    const symbols = await open(bytes);
    expect(await symbols.symbolize(0x10)).toMatchObject({ function: 'caf\ufffd' });
    expect((await checkSymbolFile([bytes])).problems.first).toMatchObject([{ line: 2, reason: 'not UTF-8' }]);
  });

  it.each(['utf-16le', 'utf-16be'])('reads %s text with a byte order mark', async (encoding) => {
    const text = `\ufeff${head}FUNC 10 10 0 caf\u00e9\n`;
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), encoding === 'utf-16le');
    expect(await (await open(bytes)).symbolize(0x10)).toMatchObject({ function: 'caf\u00e9' });
  });

  it('takes CRLF, repeated CR, blank lines and runs of blanks', async () => {
    const text = `${head}\nFILE  1   a b.c\nFUNC   10 10  0  f g\r\r\n10 10 5 1\r\n\r\n\n`.replaceAll(
      /(?<!\r)\n/g,
      '\r\n',
    );
    const symbols = await open(text);
    expect(await symbols.symbolize(0x12)).toMatchObject({ function: 'f g', file: 'a b.c', line: 5 });
    expect(problemsOf(symbols)).toEqual([]);
  });

  it('takes FILE records between the rows of a function', async () => {
    const symbols = await open(`${head}FUNC 10 10 0 f\nFILE 2 b\n10 10 5 2\n`);
    expect(await symbols.symbolize(0x10)).toMatchObject({ file: 'b', line: 5 });
  });

  it('reads a file without a MODULE record and says so', async () => {
    const symbols = await open('FUNC 10 10 0 f\n');
    expect(await symbols.symbolize(0x10)).toMatchObject({ function: 'f' });
    expect(problemsOf(symbols)).toEqual([[1, 'no MODULE record']]);
    expect(symbols.moduleRecord.debugId).toBe('');
  });

  it('writes a placeholder for a name that is missing', async () => {
    expect(await (await open(`${head}FUNC 10 10 0\n`)).symbolize(0x10)).toMatchObject({ function: '<name omitted>' });
  });

  it('answers the same however the text is cut into chunks', async () => {
    const text = `${head}FILE 1 a\r\nFUNC 10 10 0 f\n10 8 5 1\n18 8 6 1\nSTACK CFI INIT 10 10 .cfa: $rsp 8 +\nPUBLIC 80 0 p`;
    const whole = await open(text);
    for (const size of [1, 2, 3, 7, 19]) {
      const symbols = await openSymbolText(pieces(text, size), 'test');
      expect(symbols.directory.problems).toEqual(whole.directory.problems);
      for (const address of [0x10, 0x18, 0x80]) {
        expect(await symbols.symbolize(address)).toEqual(await whole.symbolize(address));
      }
    }
  });
});

describe('checking a symbol file', () => {
  it('counts records and names what readers would not tell', async () => {
    const text = `${head}FILE 1 a\nFILE 1 b\nFUNC 10 10 0 f\nINLINE 0 3 9 5 10 10\n10 8 5 7\n18 8 5 7\nPUBLIC 80 0 p\n`;
    const report = await checkSymbolFile([new TextEncoder().encode(text)]);
    expect(report.counts).toMatchObject({ functions: 1, lines: 2, inlines: 1, files: 2, publics: 1 });
    expect(report.problems.first.map(({ line, reason, text: what }) => [line, reason, what])).toEqual([
      [3, 'id defined twice', 'b'],
      [5, 'undefined FILE id', 'FILE 9'],
      [5, 'undefined INLINE_ORIGIN id', 'INLINE_ORIGIN 5'],
      [6, 'undefined FILE id', 'FILE 7'],
    ]);
  });
});
