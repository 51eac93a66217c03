import type { StringTable } from './string-table.js';
import { WordIndex } from './word-index.js';

/** So many fields are indexed by words at once; the one that was asked for longest ago goes first. */
const mostIndexes = 2;

export class WordIndexes {
  private readonly byTable = new Map<StringTable, WordIndex>();

  /** @param onFailure a word index could not be built; its strings go on being scanned */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Codes of candidates; null when the strings are to be scanned. See `WordIndex.candidates`. */
  candidates(table: StringTable, words: readonly string[], size: number): number[] | null {
    const index = this.byTable.get(table) ?? new WordIndex(table);
    if (!index.isWorthIt) {
      this.byTable.delete(table);
      return null;
    }
    this.byTable.delete(table);
    this.byTable.set(table, index);
    const [oldest] = this.byTable.keys();
    if (this.byTable.size > mostIndexes && oldest !== undefined) this.byTable.delete(oldest);
    const codes = index.candidates(words, size);
    if (codes === null) index.build().catch(this.onFailure);
    return codes;
  }

  /** Resolves when what was asked for is built. */
  async settled(): Promise<void> {
    for (const index of this.byTable.values()) await index.build();
  }
}
