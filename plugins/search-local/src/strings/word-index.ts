/**
 * Which strings of a table may hold some words, by FlexSearch. Built beside other work when it is first asked for;
 * until then, and for tables that would take too much memory, the strings are looked at one by one. What it finds are
 * candidates: our own word predicate decides.
 */
import { wordsOf } from '@faultline/sdk/search';
import { Index } from 'flexsearch';
import { Turns } from '../query/turns.js';
import type { StringTable } from './string-table.js';

/** A larger text takes more memory (some 20 times its size) than its scan, of a few milliseconds, is worth. */
const mostText = 2 << 20;
/** Strings that are added between two looks at the clock. */
const stride = 64;

export class WordIndex {
  /** Each word and all its beginnings. */
  private readonly index = new Index({
    tokenize: 'forward',
    encode: wordsOf,
    resolution: 1,
    context: false,
    cache: false,
  });
  /** Codes up to it are in the index. */
  private upTo = 0;
  private building: Promise<void> | null = null;

  constructor(private readonly table: StringTable) {}

  /** Whether the table is one that is indexed by words. */
  get isWorthIt(): boolean {
    return this.table.textBytes <= mostText;
  }

  /** Begins to build, or goes on with what has come since. Resolves when all strings of now are in. */
  build(): Promise<void> {
    this.building ??= this.addAll().finally(() => (this.building = null));
    return this.building;
  }

  /**
   * Codes, among those up to `size`, of strings that may hold every word, the last at least as a beginning; null while
   * they are not all known. Ascending.
   */
  candidates(words: readonly string[], size: number): number[] | null {
    if (this.upTo < size || words.length === 0) return null;
    // Without a limit of our own it stops at 100.
    const found = this.index.search(words.join(' '), { limit: Math.max(1, this.upTo) });
    const codes = found.map(Number).filter((code) => code <= size);
    return codes.sort((a, b) => a - b);
  }

  private async addAll(): Promise<void> {
    const turns = new Turns();
    while (this.upTo < this.table.size) {
      const end = Math.min(this.table.size, this.upTo + stride);
      for (let code = this.upTo + 1; code <= end; code++) this.index.add(code, this.table.textOf(code));
      this.upTo = end;
      await turns.next();
    }
  }
}
