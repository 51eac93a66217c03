import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineCfiRows, compileCfiRow } from '../../../../sdk/minidump/src/unwind/cfi-rules.js';
import { evaluateCfi } from '../../../../sdk/minidump/src/unwind/stack-cfi.js';

const known = new Map([
  ['rsp', 0x1000n],
  ['x29', 5n],
  ['high', 0xffff_ffff_ffff_fff8n],
]);

function evaluate(expression: string, cfa: bigint | null = 0x2000n) {
  const rule = compileCfiRow(`r: ${expression}`)?.get('r');
  if (rule === undefined) return 'malformed';
  const result = evaluateCfi(rule, {
    cfa,
    register: (name) => known.get(name) ?? null,
    load: (address) => (address >= 0x1000n && address < 0x3000n ? address * 2n : null),
  });
  return 'error' in result ? 'error' : result.value;
}

describe('STACK CFI expressions', () => {
  it.each<[string, bigint | 'error' | 'malformed']>([
    ['$rsp 8 +', 0x1008n],
    ['rsp -8 +', 0xff8n],
    ['.cfa -8 + ^', 0x3ff0n],
    ['$rsp 3 *', 0x3000n],
    ['$rsp 7 /', 0x249n],
    ['$rsp 7 %', 1n],
    ['$rsp 9 + 16 @', 0x1000n],
    ['0 1 -', 0xffff_ffff_ffff_ffffn],
    ['$high 16 +', 8n],
    ['-9223372036854775808', 0x8000_0000_0000_0000n],
    ['+5', 5n],
    ['9223372036854775808', 'error'],
    ['0x10', 'error'],
    ['$rsp 0 @', 'error'],
    ['$rsp 3 @', 'error'],
    ['$rsp 0 /', 'error'],
    ['$rsp 0 %', 'error'],
    ['16 ^', 'error'],
    ['.undef', 'error'],
    ['$nothing', 'error'],
    ['nothing', 'error'],
    ['+', 'error'],
    ['1 2', 'error'],
    ['', 'malformed'],
  ])('%s is %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it('does not compute the CFA from itself', () => {
    expect(evaluate('.cfa 8 +', null)).toBe('error');
  });

  it('lets a later row override an earlier one register by register', () => {
    const rules = combineCfiRows(['.cfa: $rsp 8 + .ra: .cfa -8 + ^', '.cfa: $rsp 16 + $rbx: .cfa -16 + ^']);
    expect([...(rules?.keys() ?? [])]).toEqual(['.cfa', '.ra', 'rbx']);
    expect(rules?.get('.cfa')?.[1]).toEqual({ kind: 'integer', value: 16n });
  });

  it.each(['', '   ', 'rsp 8 +', '.cfa:', '.cfa: .ra: 8', '8 .cfa: 8'])('refuses the row "%s" as a whole', (row) => {
    expect(compileCfiRow(row)).toBeNull();
    expect(combineCfiRows(['.cfa: 1', row])).toBeNull();
  });

  it('refuses a row of megabytes without reading it, and endures one just below the limit', () => {
    expect(compileCfiRow(`.cfa: ${'1 '.repeat(1_000_000)}`)).toBeNull();
    const long = compileCfiRow(`.cfa: 1 ${'1 + '.repeat(16_000)}`)?.get('.cfa') ?? [];
    const environment = { cfa: null, register: () => null, load: () => null };
    expect(evaluateCfi(long, environment)).toEqual({ value: 16_001n, loadedFrom: null });
  });

  it('gives a 64-bit value or an error for any words', () => {
    const word = fc.oneof(
      fc.constantFrom('+', '-', '*', '/', '%', '@', '^', '.cfa', '.undef', '$rsp', 'x29', '$high', '__proto__', '$'),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const value = evaluate(words.join(' '));
        return typeof value === 'string' || (value >= 0n && value < 2n ** 64n);
      }),
      { numRuns: 2000 },
    );
  });
});
