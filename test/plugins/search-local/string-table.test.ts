import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalOf } from '../../../plugins/search-local/src/strings/regex-literal.js';
import { StringTable } from '../../../plugins/search-local/src/strings/string-table.js';
import { compile } from '../../../plugins/search-local/src/strings/text-matches.js';

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 60 });

function tableOf(values: readonly string[]): StringTable {
  const table = new StringTable();
  for (const value of values) table.intern(value);
  return table;
}

describe('StringTable', () => {
  it('gives each distinct string one code, for ever', () => {
    fc.assert(
      fc.property(texts, (values) => {
        const table = tableOf(values);
        const codes = values.map((value) => table.find(value));
        expect(new Set(codes).size).toBe(new Set(values).size);
        expect(codes.map((code) => table.textOf(code))).toEqual(values);
        expect(values.map((value) => table.intern(value))).toEqual(codes);
        expect(table.find('never interned \u0000')).toBe(0);
      }),
    );
  });

  it('comes back from its bytes with the same codes', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const table = tableOf(before);
        const { size } = table;
        const first = table.encodeAfter(0);
        for (const value of after) table.intern(value);
        const copy = new StringTable();
        copy.decode(Buffer.concat([first, table.encodeAfter(size)]), table.size);
        for (const value of [...before, ...after]) expect(copy.find(value)).toBe(table.find(value));
      }),
    );
  });

  it('refuses bytes that are cut or say a string twice', () => {
    const table = tableOf(['one', 'two']);
    const bytes = table.encodeAfter(0);
    const decode = (encoded: Buffer, size = 2) => new StringTable().decode(encoded, size);
    expect(() => decode(bytes.subarray(0, -1))).toThrow('damaged');
    expect(() => decode(bytes, 3)).toThrow('damaged');
    expect(() => decode(Buffer.concat([bytes, tableOf(['one']).encodeAfter(0)]), 3)).toThrow('damaged');
  });

  it('finds a literal in just the strings that hold it, in pieces of any size', () => {
    fc.assert(
      fc.property(
        texts,
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 40 }),
        (values, literal, piece) => {
          const table = tableOf(values);
          const found: string[] = [];
          for (let at = 0; at < table.size;) {
            const next = table.findLiteral(Buffer.from(literal), at, piece, (code) => found.push(table.textOf(code)));
            expect(next).toBeGreaterThan(at);
            at = next;
          }
          expect(found).toEqual([...new Set(values)].filter((value) => value.includes(literal)));
        },
      ),
    );
  });

  it('orders strings by code point', () => {
    const values = ['', 'a', 'ab', 'b', 'é', '\uffff', '😀'];
    const table = tableOf(values);
    const codes = values.map((value) => table.find(value)).reverse();
    expect(codes.sort((a, b) => table.compare(a, b)).map((code) => table.textOf(code))).toEqual(values);
  });
});

describe('literalOf', () => {
  it.each([
    ['.*OnMessage.*', 'OnMessage'],
    ['mozilla::.*::On', 'mozilla::'],
    ['colou?r', 'colo'],
    ['ab{2,3}cd', 'cd'],
    ['(foo|barbar)baz', 'baz'],
    ['foo|bar', ''],
    ['(?i)foo', ''],
    ['a{b|c}def', ''],
    ['[abc]def[^]x]', 'def'],
    ['\\.dll\\d+', '.dll'],
    ['\\x41bc', 'bc'],
    ['a+', 'a'],
  ])('of %s is "%s"', (expression, literal) => {
    expect(literalOf(expression)).toBe(literal);
  });

  it('is part of everything that matches', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '.*',
      'a?',
      'b+',
      '(ab|b)',
      '[ab]',
      '\\.',
      'a{0,2}',
      '|',
      '(?:ba)*',
    );
    const subject = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.array(subject, { maxLength: 20 }),
        (pieces, subjects) => {
          const expression = compile({ value: pieces.join(''), place: '' });
          const literal = literalOf(pieces.join(''));
          for (const text of subjects) if (expression.matches(text)) expect(text).toContain(literal);
        },
      ),
      { numRuns: 400 },
    );
  });
});
