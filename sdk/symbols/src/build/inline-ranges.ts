import type { ByteWriter } from '../format/byte-writer.js';

const fieldsPerRange = 6;

/**
 * Inline ranges of one function, written sorted by depth, address, size, call file, call line and origin: a lookup
 * takes the last one that starts at or before the address, as the peers' does.
 */
export class InlineRanges {
  count = 0;
  /** depth, address, size, call file, call line, origin of each range. */
  private values = new Float64Array(64 * fieldsPerRange);
  private isSorted = true;

  clear(): void {
    this.count = 0;
    this.isSorted = true;
  }

  add(depth: number, address: number, size: number, callFile: number, callLine: number, origin: number): void {
    const at = this.count * fieldsPerRange;
    if (at === this.values.length) this.grow();
    const { values } = this;
    values[at] = depth;
    values[at + 1] = address;
    values[at + 2] = size;
    values[at + 3] = callFile;
    values[at + 4] = callLine;
    values[at + 5] = origin;
    if (at > 0 && this.compare(this.count - 1, this.count) > 0) this.isSorted = false;
    this.count++;
  }

  /** Count, then per range: differences of depth and address, size, call file + 1 (0: not known), call line, origin. */
  write(writer: ByteWriter, functionAddress: number): void {
    const { count, values } = this;
    writer.reserve(count * fieldsPerRange * 8 + 16);
    writer.varint(count);
    const order = this.isSorted ? null : this.sortedOrder();
    let lastDepth = 0;
    let lastAddress = functionAddress;
    for (let index = 0; index < count; index++) {
      const at = (order === null ? index : (order[index] as number)) * fieldsPerRange;
      const depth = values[at] as number;
      const address = values[at + 1] as number;
      writer.varint(depth - lastDepth);
      writer.signed(address - lastAddress);
      writer.varint(values[at + 2] as number);
      writer.varint((values[at + 3] as number) + 1);
      writer.varint(values[at + 4] as number);
      writer.varint(values[at + 5] as number);
      lastDepth = depth;
      lastAddress = address;
    }
  }

  private compare(a: number, b: number): number {
    for (let field = 0; field < fieldsPerRange; field++) {
      const difference =
        (this.values[a * fieldsPerRange + field] as number) - (this.values[b * fieldsPerRange + field] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  private sortedOrder(): number[] {
    return Array.from({ length: this.count }, (_, index) => index).sort((a, b) => this.compare(a, b));
  }

  private grow(): void {
    const values = new Float64Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
  }
}
