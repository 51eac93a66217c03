/**
 * Which strings of a table meet a text condition. Each distinct string is looked at once: answers are kept per
 * condition and go on where they stopped when the table has grown.
 */
import { hasAllWords, searchMistake, type CheckedFilter } from '@faultline/sdk/search';
import { RE2JS, RE2JSException } from 're2js';
import type { Turns } from '../query/turns.js';
import { literalOf } from './regex-literal.js';
import type { StringTable } from './string-table.js';
import type { WordIndexes } from './word-indexes.js';

export type TextCondition = Extract<CheckedFilter, { kind: 'text' }>;

/** Bit for each code: `set[code]` is 1 when the string meets the condition. Code 0, "missing", never does. */
export interface CodeSet {
  set: Uint8Array;
  count: number;
}

const keptConditions = 64;
/** Text looked at between two looks at the clock. */
const stride = 1 << 20;

/** Candidates looked at between two looks at the clock. */
const candidateStride = 512;

interface Known {
  set: Uint8Array;
  count: number;
  upTo: number;
}

export class TextMatches {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly table: StringTable,
    private readonly words: WordIndexes,
  ) {}

  async codesFor(condition: TextCondition, turns: Turns): Promise<CodeSet> {
    const size = this.table.size;
    if (condition.operator === 'is') return this.exactly(condition.value, size);
    const key = `${condition.operator} ${condition.value}`;
    const before = this.known.get(key);
    const known: Known = {
      set: grown(before?.set ?? new Uint8Array(0), size + 1),
      count: before?.count ?? 0,
      upTo: before?.upTo ?? 0,
    };
    if (known.upTo < size) await this.extend(known, condition, size, turns);
    this.known.delete(key);
    this.known.set(key, known);
    const oldest = this.known.keys().next();
    if (this.known.size > keptConditions && oldest.done !== true) this.known.delete(oldest.value);
    return known;
  }

  /** Codes that meet one of the conditions. */
  async codesForAny(conditions: readonly TextCondition[], turns: Turns): Promise<CodeSet> {
    const { size } = this.table;
    const set = new Uint8Array(size + 1);
    for (const condition of conditions) {
      if (condition.operator === 'is') {
        const code = this.table.find(condition.value);
        if (code > 0 && code <= size) set[code] = 1;
        continue;
      }
      const part = (await this.codesFor(condition, turns)).set;
      for (let code = 1; code <= size; code++) set[code] = (set[code] ?? 0) | (part[code] ?? 0);
    }
    let count = 0;
    for (const flag of set) count += flag;
    return { set, count };
  }

  private exactly(value: string, size: number): CodeSet {
    const code = this.table.find(value);
    const set = new Uint8Array(size + 1);
    if (code === 0 || code > size) return { set, count: 0 };
    set[code] = 1;
    return { set, count: 1 };
  }

  private async extend(known: Known, condition: TextCondition, size: number, turns: Turns): Promise<void> {
    const { table } = this;
    const take = (code: number): void => {
      if (code > size) return;
      known.set[code] = 1;
      known.count++;
    };
    const candidates = condition.operator === 'words' ? this.words.candidates(table, condition.words, size) : null;
    if (candidates !== null) {
      for (const [index, code] of candidates.entries()) {
        if (code > known.upTo && hasAllWords(table.textOf(code), condition.words)) take(code);
        if (index % candidateStride === 0) await turns.next();
      }
      known.upTo = size;
      return;
    }
    const { literal, test } = matcherFor(condition, table);
    let at = known.upTo;
    while (at < size) {
      if (literal !== null && literal.length > 0) {
        at = table.findLiteral(literal, at, stride, (code) => {
          if (test === null || test(code)) take(code);
        });
      } else {
        const end = Math.min(size, at + 2_000);
        while (at < end) {
          at++;
          if (test === null || test(at)) take(at);
        }
      }
      await turns.next();
    }
    known.upTo = size;
  }
}

interface Matcher {
  /** Bytes that every match holds; null when none are known. */
  literal: Uint8Array | null;
  /** Null: holding the literal is enough. */
  test: ((code: number) => boolean) | null;
}

function matcherFor(condition: TextCondition, table: StringTable): Matcher {
  const bytes = Buffer.from(condition.value);
  switch (condition.operator) {
    case 'contains':
      return { literal: bytes, test: null };
    case 'starts':
      return { literal: bytes, test: (code) => table.startsWith(code, bytes) };
    case 'ends':
      return { literal: bytes, test: (code) => table.endsWith(code, bytes) };
    case 'words':
      return { literal: null, test: (code) => hasAllWords(table.textOf(code), condition.words) };
    case 'regex': {
      const expression = compile(condition);
      const literal = literalOf(condition.value);
      return {
        literal: literal === '' ? null : Buffer.from(literal),
        test: (code) => expression.matches(table.textOf(code)),
      };
    }
    case 'is':
      return { literal: bytes, test: (code) => table.compareTo(code, bytes) === 0 };
  }
}

/** Linear in time whatever the expression; throws `Malformed SEARCH_VALUE_INVALID` when it is none. */
export function compile({ value, place }: { value: string; place: string }): RE2JS {
  try {
    return RE2JS.compile(value, RE2JS.DOTALL);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw searchMistake(
      'SEARCH_VALUE_INVALID',
      `"${value.slice(0, 80)}" is not a regular expression: ${error.message}.`,
      { place },
      'Look-around and back references are not supported, and repeat counts end at 1,000.',
    );
  }
}

function grown(set: Uint8Array, length: number): Uint8Array {
  if (set.length >= length) return set;
  const larger = new Uint8Array(length);
  larger.set(set);
  return larger;
}
