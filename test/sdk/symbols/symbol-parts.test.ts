import { blobSource } from '@faultline/sdk/random-access-source';
import {
  IndexWriter,
  openSymbolIndex,
  openSymbolText,
  splitPoint,
  SymbolPartBuilder,
  type SymbolIndexReader,
} from '@faultline/symbols';
import { describe, expect, it } from 'vitest';

const head = 'MODULE Linux x86_64 000102030405060708090A0B0C0D0E0F0 app\nFILE 1 a.c\nINLINE_ORIGIN 0 callee\n';
const hex = (value: number): string => value.toString(16);

/** Every kind of record, out of order, overlapping over the cuts, with two bad lines. */
function manyRecords(): string {
  const records = Array.from({ length: 200 }, (_, n) => {
    const start = 0x1000 + ((n * 37) % 200) * 0x40;
    return (
      `FUNC ${hex(start)} ${n % 7 === 0 ? 'a0' : '30'} 4 function${n}\nINLINE 0 ${n} 1 0 ${hex(start)} 10\n${hex(start)} 20 ${n} 1\n` +
      `PUBLIC ${hex(start)} 0 public${n % 50}\nSTACK CFI INIT ${hex(start)} 40 .cfa: ${n % 5}\nSTACK CFI ${hex(start + 4)} .ra: ${n % 3}\n` +
      `STACK WIN 4 ${hex(start)} 40 0 0 0 0 ${n} 0 1 $eip ${n % 4} =\n${n % 100 === 50 ? 'NONSENSE\n' : ''}`
    );
  });
  return head + records.join('');
}

async function buildInParts(text: string, count: number): Promise<SymbolIndexReader> {
  const bytes = new TextEncoder().encode(text);
  const cuts = [0];
  for (let piece = 1; piece < count; piece++) cuts.push(splitPoint(bytes, Math.floor((bytes.length / count) * piece)));
  const written: Uint8Array[] = [];
  const writer = new IndexWriter({ write: (piece) => void written.push(piece) });
  const built = cuts.map((start, index) => {
    const builder = new SymbolPartBuilder({ part: { index, count } });
    builder.push(bytes.subarray(start, cuts[index + 1] ?? bytes.length));
    return builder.finish();
  });
  // Workers end in any order: the slabs of the last part come first here.
  for (const [index, { slabs }] of [...built.entries()].reverse()) {
    for (const slab of slabs) await writer.writeSlab(index, slab);
  }
  await writer.finish(built.map(({ part }) => part));
  return openSymbolIndex(blobSource(new Blob(written.map((piece) => new Uint8Array(piece)))), 'parts');
}

describe('a symbol file that is built in pieces', () => {
  it.each([2, 3, 8])('answers as one that is built at once, in %i pieces', async (count) => {
    const text = manyRecords();
    const whole = await openSymbolText(new TextEncoder().encode(text), 'whole');
    const parts = await buildInParts(text, count);
    expect(parts.directory.problems).toEqual(whole.directory.problems);
    expect(parts.directory.text).toEqual(whole.directory.text);
    expect(parts.directory.overlapping).toBe(whole.directory.overlapping);
    for (let address = 0xff0; address < 0x4300; address += 7) {
      expect(await parts.symbolize(address)).toEqual(await whole.symbolize(address));
      expect(await parts.cfiAt(address)).toEqual(await whole.cfiAt(address));
      expect(await parts.winFramesAt(address)).toEqual(await whole.winFramesAt(address));
    }
  });

  it('is cut only where a record ends all that stood open', () => {
    const bytes = new TextEncoder().encode(`${head}FUNC 1 1 0 f\n1 1 1 1\nSTACK CFI INIT 1 1 a: 1\nSTACK CFI 1 b: 1\n`);
    const after = (word: string): number => new TextDecoder().decode(bytes).indexOf(word);
    expect(splitPoint(bytes, 0)).toBe(after('FUNC'));
    expect(splitPoint(bytes, after('FUNC'))).toBe(after('STACK CFI INIT'));
    expect(splitPoint(bytes, after('STACK CFI INIT'))).toBe(-1);
  });
});
