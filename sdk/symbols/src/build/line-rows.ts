import { putVarint, zigzag, type ByteWriter } from '../format/byte-writer.js';

/**
 * Line rows of one function: collected in columns, then written as differences. Rows of size 0 are never answered and
 * not kept. Rows that overlap: sorted by start, then end, the first one wins.
 */
export class LineRows {
  count = 0;
  private addresses = new Float64Array(1024);
  private sizes = new Uint32Array(1024);
  private lines = new Uint32Array(1024);
  private files = new Uint32Array(1024);
  private isSorted = true;
  private lastEnd = 0;

  clear(): void {
    this.count = 0;
    this.isSorted = true;
    this.lastEnd = 0;
  }

  add(address: number, size: number, line: number, file: number): void {
    const { count } = this;
    if (count === this.sizes.length) this.grow();
    if (address < this.lastEnd) this.isSorted = false;
    this.lastEnd = address + size;
    this.addresses[count] = address;
    this.sizes[count] = size;
    this.lines[count] = line;
    this.files[count] = file;
    this.count = count + 1;
  }

  /**
   * Count, then the first address relative to the function, then per row: `size << 2 | file changed << 1 | gap`, the
   * gap before it, the difference of lines, the difference of file ids.
   */
  write(writer: ByteWriter, functionAddress: number): void {
    const order = this.isSorted ? null : this.sortedOrder();
    const count = order === null ? this.count : order.length;
    writer.reserve(count * 32 + 16);
    writer.varint(count);
    if (count === 0) return;
    const { addresses, sizes, lines, files } = this;
    let expected = addresses[order === null ? 0 : (order[0] as number)] as number;
    writer.signed(expected - functionAddress);
    let lastLine = 0;
    let lastFile = 0;
    const out = writer.bytes;
    let at = writer.length;
    for (let index = 0; index < count; index++) {
      const row = order === null ? index : (order[index] as number);
      const address = addresses[row] as number;
      const size = sizes[row] as number;
      const line = lines[row] as number;
      const file = files[row] as number;
      const gap = address - expected;
      // Ten million rows in a large file: the common short numbers are written in place.
      const head = size * 4 + (file === lastFile ? 0 : 2) + (gap === 0 ? 0 : 1);
      if (head < 0x80) out[at++] = head;
      else at = putVarint(out, at, head);
      if (gap !== 0) at = putVarint(out, at, gap);
      const lineStep = zigzag(line - lastLine);
      if (lineStep < 0x80) out[at++] = lineStep;
      else at = putVarint(out, at, lineStep);
      if (file !== lastFile) at = putVarint(out, at, zigzag(file - lastFile));
      expected = address + size;
      lastLine = line;
      lastFile = file;
    }
    writer.length = at;
  }

  private sortedOrder(): number[] {
    const { addresses, sizes } = this;
    const order = Array.from({ length: this.count }, (_, index) => index);
    order.sort(
      (a, b) =>
        (addresses[a] as number) - (addresses[b] as number) || (sizes[a] as number) - (sizes[b] as number) || a - b,
    );
    let end = -1;
    return order.filter((row) => {
      const address = addresses[row] as number;
      if (address < end) return false;
      end = address + (sizes[row] as number);
      return true;
    });
  }

  private grow(): void {
    const capacity = this.sizes.length * 2;
    const addresses = new Float64Array(capacity);
    addresses.set(this.addresses);
    const sizes = new Uint32Array(capacity);
    sizes.set(this.sizes);
    const lines = new Uint32Array(capacity);
    lines.set(this.lines);
    const files = new Uint32Array(capacity);
    files.set(this.files);
    this.addresses = addresses;
    this.sizes = sizes;
    this.lines = lines;
    this.files = files;
  }
}
