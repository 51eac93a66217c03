import { blockBytes, blockEntries, bodyAlignment, type TableLayout } from '../format/layout.js';
import { corruptIndex } from '../format/corrupt-index.js';
import { BodyReader } from '../format/body-reader.js';
import type { PagedBytes } from './paged-bytes.js';

/** An entry found in a table. */
export interface TableEntry {
  key: number;
  /** 0 in tables without sizes. */
  size: number;
  /** Position of the body in units of `bodyAlignment`. */
  body: number;
}

/** Per table; 6 KB each. */
const rememberedBlocks = 32;

/** A sorted table of an index, searched by blocks: the first key of each block is in memory. */
export class KeyTable {
  private readonly blocks = new Map<number, { view: DataView; count: number }>();

  constructor(
    private readonly pages: PagedBytes,
    private readonly layout: TableLayout,
    private readonly hasSizes: boolean,
    /** First key of each block. */
    private readonly samples: Float64Array,
  ) {
    if (samples.length !== Math.ceil(layout.count / blockEntries)) throw corruptIndex('a table has another size');
  }

  /** The last entry whose key is at most `key`. */
  atOrBefore(key: number): TableEntry | null {
    const { samples, layout, hasSizes } = this;
    let low = 0;
    let high = samples.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((samples[middle] as number) <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    const { view, count } = this.block(low - 1);
    const { keyWidth } = layout;
    low = 0;
    high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keyAt(view, middle, keyWidth) <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) throw corruptIndex('a table is not sorted');
    const index = low - 1;
    const sizesAt = count * keyWidth;
    const bodiesAt = sizesAt + (hasSizes ? count * 4 : 0);
    return {
      key: keyAt(view, index, keyWidth),
      size: hasSizes ? view.getUint32(sizesAt + index * 4, true) : 0,
      body: view.getUint32(bodiesAt + index * 4, true),
    };
  }

  /** Views of blocks are kept: a scan asks for the same few a hundred thousand times. */
  private block(index: number): { view: DataView; count: number } {
    const known = this.blocks.get(index);
    if (known !== undefined) return known;
    const { keyWidth, count: entries, offset } = this.layout;
    const count = Math.min(blockEntries, entries - index * blockEntries);
    const start = offset + index * blockBytes(blockEntries, keyWidth, this.hasSizes);
    const bytes = this.pages.view(start, blockBytes(count, keyWidth, this.hasSizes));
    const block = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), count };
    if (this.blocks.size >= rememberedBlocks) this.blocks.clear();
    this.blocks.set(index, block);
    return block;
  }

  /** The entry whose range covers `offset`. */
  covering(offset: number): TableEntry | null {
    const entry = this.atOrBefore(offset);
    return entry !== null && offset < entry.key + entry.size ? entry : null;
  }

  /** The entry with exactly this key. */
  exactly(key: number): TableEntry | null {
    const entry = this.atOrBefore(key);
    return entry !== null && entry.key === key ? entry : null;
  }

  /** The body of an entry. */
  body(entry: TableEntry): Uint8Array {
    const offset = entry.body * bodyAlignment;
    const prefix = new BodyReader(this.pages.view(offset, Math.min(8, this.pages.length - offset)));
    const length = prefix.varint();
    return this.pages.view(offset + prefix.at, length);
  }
}

function keyAt(view: DataView, index: number, keyWidth: 4 | 8): number {
  return keyWidth === 4 ? view.getUint32(index * 4, true) : view.getFloat64(index * 8, true);
}
