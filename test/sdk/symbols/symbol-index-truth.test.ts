import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openSymbolIndex, openSymbolText, buildSymbolIndexInMemory, type SymbolIndexReader } from '@faultline/symbols';
import { describe, expect, it } from 'vitest';
import { corpusFolder, requireCorpus } from '../../corpus.js';
import { NaiveSymbols } from './naive-symbols.js';

const hasCorpus = requireCorpus();

function symbolFiles(): string[] {
  if (!hasCorpus) return [];
  return readdirSync(corpusFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sym'))
    .sort();
}

/** Every address worth asking for: around and inside every function, every row, both ends of every inline range. */
function addressesOf(naive: NaiveSymbols): Set<number> {
  const addresses = new Set<number>([0, 1]);
  const add = (...more: number[]): void => {
    for (const each of more) if (each >= 0) addresses.add(each);
  };
  for (const { start, size, rows, inlines } of naive.functions) {
    add(start - 1, start, start + Math.floor(size / 2), start + size - 1, start + size);
    for (const each of inlines) add(each.start, each.start + each.size - 1);
    // A row's last byte is the neighbour of the next row's first: some are enough.
    for (const [index, each] of rows.entries())
      add(each.start, ...(index % 8 === 0 ? [each.start + each.size - 1] : []));
  }
  for (const each of naive.publics) add(each.start - 1, each.start, each.start + 1);
  return addresses;
}

async function compareAll(
  symbols: SymbolIndexReader,
  naive: NaiveSymbols,
): Promise<{ asked: number; wrong: unknown[] }> {
  const wrong: unknown[] = [];
  let asked = 0;
  const check = (address: number, ours: unknown, theirs: unknown): void => {
    asked++;
    if (ours === theirs || wrong.length >= 3) return;
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) wrong.push({ address, ours, theirs });
  };
  for (const address of addressesOf(naive)) {
    const expected = naive.symbolize(address);
    check(address, await symbols.symbolize(address), expected);
    check(address, await symbols.hasFunctionAt(address), expected !== null);
  }
  for (const init of naive.cfi) {
    const addresses = [init.start - 1, init.start, init.start + init.size - 1, init.start + init.size];
    for (const row of init.rows) addresses.push(row.address - 1, row.address, row.address + 1);
    for (const address of addresses) check(address, await symbols.cfiAt(address), naive.cfiAt(address));
  }
  for (const record of [...naive.frameData, ...naive.fpo]) {
    for (const address of [record.address, record.address + record.codeSize - 1, record.address + record.codeSize]) {
      check(address, await symbols.winFramesAt(address), naive.winFramesAt(address));
    }
  }
  return { asked, wrong };
}

describe.skipIf(!hasCorpus)('a symbol index of each corpus file answers as the text does', () => {
  it.each(symbolFiles())('%s', { timeout: 60_000 }, async (name) => {
    const bytes = readFileSync(path.join(corpusFolder, name));
    const symbols = await openSymbolText(bytes, name);
    const { asked, wrong } = await compareAll(symbols, new NaiveSymbols(new TextDecoder().decode(bytes)));
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(20);
    expect(symbols.directory.problems.first.filter((each) => each.reason !== 'no final newline')).toEqual([]);
  });

  it('answers the same when it is read by range', async () => {
    const file = path.join(corpusFolder, 'dump_syms/windows/basic-opt32.sym');
    const bytes = readFileSync(file);
    const index = await buildSymbolIndexInMemory([bytes]);
    let reads = 0;
    const source = {
      size: index.length,
      read: (offset: number, length: number) => {
        reads++;
        return Promise.resolve(index.slice(offset, offset + length));
      },
    };
    const { wrong } = await compareAll(
      await openSymbolIndex(source, file),
      new NaiveSymbols(new TextDecoder().decode(bytes)),
    );
    expect(wrong).toEqual([]);
    expect(reads).toBeLessThan(index.length / 16384 + 3);
  });
});
