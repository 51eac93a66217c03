import { hasAllWords, isSuggested, wordsOf } from '@faultline/sdk/search';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StringTable } from '../../../plugins/search-local/src/strings/string-table.js';
import { WordIndex } from '../../../plugins/search-local/src/strings/word-index.js';
import { WordIndexes } from '../../../plugins/search-local/src/strings/word-indexes.js';

const word = fc.constantFrom('on', 'Message', 'OnMessage', 'balloon', 'x', '42', '_', 'Ünïcode', '漢字', 'ﬁ', 'İ', 'ß');
const text = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join(' | ')),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

function tableOf(texts: readonly string[]): StringTable {
  const table = new StringTable();
  for (const one of texts) table.intern(one);
  return table;
}

describe('WordIndex', () => {
  it('misses no string that holds the words, whole or the last as a beginning', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 40 }), text, async (texts, asked) => {
        const table = tableOf(texts);
        const index = new WordIndex(table);
        await index.build();
        const words = wordsOf(asked);
        const candidates = index.candidates(words, table.size);
        if (words.length === 0) {
          expect(candidates).toBeNull();
          return;
        }
        for (let code = 1; code <= table.size; code++) {
          const value = table.textOf(code);
          const isWanted = hasAllWords(value, words) || isSuggested(value, { prefix: asked.toLowerCase(), words });
          if (isWanted) expect(candidates, `${JSON.stringify(value)} for ${JSON.stringify(words)}`).toContain(code);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds more than a hundred', async () => {
    const table = tableOf(Array.from({ length: 500 }, (_, index) => `common word ${index}`));
    const index = new WordIndex(table);
    await index.build();
    expect(index.candidates(['common'], table.size)).toHaveLength(500);
  });

  it('leaves the scan to do its work until it is built, and goes on when the table has grown', async () => {
    const table = tableOf(['one two', 'two three']);
    const failures: unknown[] = [];
    const indexes = new WordIndexes((error) => failures.push(error));
    expect(indexes.candidates(table, ['two'], table.size)).toBeNull();
    await indexes.settled();
    expect(indexes.candidates(table, ['two'], table.size)).toEqual([1, 2]);
    table.intern('two hundred');
    expect(indexes.candidates(table, ['two'], table.size)).toBeNull();
    await indexes.settled();
    expect(indexes.candidates(table, ['two'], table.size)).toEqual([1, 2, 3]);
    expect(failures).toEqual([]);
  });

  it('is not made for a table whose text is larger than it is worth', () => {
    const table = tableOf(Array.from({ length: 300 }, (_, index) => `${index} `.repeat(4000)));
    expect(new WordIndex(table).isWorthIt).toBe(false);
    expect(new WordIndexes(() => undefined).candidates(table, ['1'], table.size)).toBeNull();
  });
});
