import type { FieldDefinition } from '@faultline/sdk';
import { parseSearchText } from '@faultline/sdk/search';
import { describe, expect, it } from 'vitest';
import {
  exactTerm,
  hasTerm,
  joinQueries,
  queryTerms,
  removeTerm,
  toggleTerm,
} from '../../../desktop/renderer/src/reading/query-text.js';

const fields = new Map<string, FieldDefinition>(
  ['signature', 'product', 'version'].map((id) => [
    id,
    { id, title: id, type: 'string', description: '', permission: 'public', searchable: true },
  ]),
);
const parse = (text: string) =>
  parseSearchText(text, { fields: { get: (id) => fields.get(id), all: () => [...fields.values()] }, now: 0 });

describe('exactTerm', () => {
  it('is read by the server as exactly this value, whatever is in it', () => {
    const values = ['Fenix', '125.0.1', 'a b', 'say "hi"', 'back\\slash', '-dash', 'a..b', '*', '(x)', 'a,b', ''];
    for (const value of values) {
      const found = { kind: 'field', field: 'product', operator: 'is', value };
      expect(parse(exactTerm('product', value)), value).toEqual(found);
      expect(parse(exactTerm('product', value, true)), value).toEqual({ kind: 'not', filter: found });
    }
  });

  it('asks for missing values by their absence', () => {
    expect(exactTerm('product', null)).toBe('-product:*');
    expect(exactTerm('product', null, true)).toBe('product:*');
  });
});

describe('toggleTerm', () => {
  it('adds a term, takes it away again, and replaces its opposite', () => {
    expect(toggleTerm('a', 'product:=X')).toBe('a product:=X');
    expect(toggleTerm('a product:=X', 'product:=X')).toBe('a');
    expect(toggleTerm('product:=X b', '-product:=X')).toBe('b -product:=X');
  });

  it('does not mistake blanks and quotes inside a value for the end of a term', () => {
    const term = exactTerm('signature', 'a "b" c');
    expect(queryTerms(`x ${term} y`).map((one) => one.text)).toEqual(['x', term, 'y']);
    expect(hasTerm(`x ${term}`, term)).toBe(true);
    expect(removeTerm(`x ${term} y`, term)).toBe('x y');
  });
});

describe('joinQueries', () => {
  it('keeps alternatives of one part together', () => {
    expect(joinQueries('product:=X', 'a OR b')).toBe('product:=X (a OR b)');
    expect(parse(joinQueries('product:=X', 'version:1 OR version:2'))).toMatchObject({ kind: 'all' });
  });

  it('gives nothing for nothing, and a single part as it is', () => {
    expect(joinQueries('', ' ')).toBe('');
    expect(joinQueries('', 'a OR b')).toBe('a OR b');
  });
});
