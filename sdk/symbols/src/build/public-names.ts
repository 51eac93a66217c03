import { ByteWriter } from '../format/byte-writer.js';
import { appendRecord, emptyColumns, type RecordColumns } from './record-columns.js';

/**
 * PUBLIC symbols with their bodies. They stay in memory until all are known, because of several at one address the
 * one with the greatest name is answered, wherever it stood; `columns.bodies` are positions in the bodies.
 */
export class PublicNames {
  readonly columns: RecordColumns = emptyColumns();
  private readonly bodies = new ByteWriter(4096);

  constructor(private readonly maxBytes: number) {}

  /** @returns false when there is no room left */
  add(
    address: number,
    parameterSize: number,
    isFolded: boolean,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
  ): boolean {
    const { bodies } = this;
    if (bodies.length + (nameEnd - nameStart) + 32 > this.maxBytes) return false;
    bodies.reserve(nameEnd - nameStart + 32);
    appendRecord(this.columns, address, 0, bodies.length);
    bodies.text(bytes, nameStart, nameEnd);
    bodies.varint(parameterSize);
    bodies.varint(isFolded ? 1 : 0);
    return true;
  }

  takeBodies(): Uint8Array<ArrayBuffer> {
    return this.bodies.bytes.slice(0, this.bodies.length);
  }
}
