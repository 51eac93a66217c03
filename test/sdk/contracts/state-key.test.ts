import type { StateKey } from '@faultline/sdk';
import { compareBytes, decodeStateKey, encodeStateKey, startsWithBytes } from '@faultline/sdk/state-key';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const part = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.double({ noNaN: true }), fc.integer());
const key = fc
  .tuple(fc.string({ maxLength: 8 }), fc.array(part, { maxLength: 4 }))
  .map(([first, rest]): StateKey => [first, ...rest]);

/** Order as the contract tells it: part by part, numbers before strings, strings by code point. */
function compareKeys(a: StateKey, b: StateKey): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left, right] = [a[index] ?? 0, b[index] ?? 0];
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    const difference =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
    if (difference !== 0 && left !== right) return difference;
  }
  return a.length - b.length;
}

describe('A key of the state as bytes', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(key, (one) => {
        const back = decodeStateKey(encodeStateKey(one));
        // Minus zero and zero are one key.
        expect(back).toEqual(one.map((value) => (value === 0 ? 0 : value)));
      }),
    );
  });

  it('sorts as the key does', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareBytes(encodeStateKey(a), encodeStateKey(b)))).toBe(Math.sign(compareKeys(a, b)));
      }),
    );
  });

  it('begins with the bytes of another exactly when the key begins with its parts', () => {
    fc.assert(
      fc.property(key, fc.array(part, { maxLength: 2 }), (prefix, more) => {
        const longer: StateKey = [...prefix, ...more];
        expect(startsWithBytes(encodeStateKey(longer), encodeStateKey(prefix))).toBe(true);
      }),
    );
    expect(startsWithBytes(encodeStateKey(['list2']), encodeStateKey(['list']))).toBe(false);
  });

  const bad: StateKey[] = [['a', Number.NaN], ['x'.repeat(2000)], ['a', ...Array.from({ length: 200 }, (_, n) => n)]];
  it.each(bad.map((one) => ({ one })))('refuses what can’t be a key: case %#', ({ one }) => {
    expect(() => encodeStateKey(one)).toThrow(expect.objectContaining({ code: 'STATE_KEY_INVALID' }));
  });
});
