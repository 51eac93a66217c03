/**
 * Writes an index from front to back: bodies as they come, then the tables, the directory and the trailer. Needs
 * nothing of what it wrote before, so the sink may be a file, a growing buffer or a socket.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import { checksum } from '../format/checksum.js';
import type { IndexDirectory } from '../format/directory.js';
import {
  blockBytes,
  blockEntries,
  bodyAlignment,
  headerSize,
  indexMagic,
  indexVersion,
  rangeTables,
  tableNames,
  trailerSize,
  type TableLayout,
  type TableName,
} from '../format/layout.js';
import { PageChecksums } from '../format/page-checksums.js';
import { joinParts, type PartTables } from './join-parts.js';
import type { SymbolPart } from './symbol-part-builder.js';
import { slabSize, type Slab } from './slab-writer.js';

/** Where an index goes. Called one write at a time, in order; the bytes are the sink's from then on. */
export interface IndexSink {
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
}

export class IndexWriter {
  private position = 0;
  private readonly pages = new PageChecksums();
  /** Per part: file position of each slab by its number. */
  private readonly slabPositions = new Map<number, number[]>();
  private readonly samples: number[] = [];

  constructor(private readonly sink: IndexSink) {}

  /** Writes finished bodies of one part; parts may take turns. */
  async writeSlab(partIndex: number, slab: Slab): Promise<void> {
    if (this.position === 0) await this.writeHeader();
    const positions = this.slabPositions.get(partIndex) ?? [];
    this.slabPositions.set(partIndex, positions);
    const first = (slab.start * bodyAlignment) / slabSize;
    for (let piece = 0; piece * slabSize < slab.bytes.length; piece++) {
      positions[first + piece] = this.position + piece * slabSize;
    }
    await this.write(slab.bytes);
  }

  /** Joins the parts, in file order, and ends the index. */
  async finish(parts: readonly SymbolPart[]): Promise<IndexDirectory> {
    if (this.position === 0) await this.writeHeader();
    const joined = joinParts(parts, (part, body) => this.filePosition(part, body));
    const publicsPart = parts.length;
    for (const slab of joined.publicSlabs) await this.writeSlab(publicsPart, slab);
    const publics = joined.tables.publics;
    publics.bodies = publics.bodies.map((body) => this.filePosition(publicsPart, body));

    const tables = {} as Record<TableName, TableLayout>;
    for (const name of tableNames)
      tables[name] = await this.writeTable(joined.tables[name], rangeTables.includes(name));
    const directory: IndexDirectory = { ...joined.directory, tables };
    await this.writeDirectory(directory);
    return directory;
  }

  private filePosition(part: number, body: number): number {
    const start = body * bodyAlignment;
    const slab = Math.floor(start / slabSize);
    const position = this.slabPositions.get(part)?.[slab];
    if (position === undefined) {
      throw new FaultlineError('Internal', 'SYMX_SLAB_MISSING', 'A slab of the symbol index was not written.', {
        details: { part, slab },
      });
    }
    return (position + (start % slabSize)) / bodyAlignment;
  }

  private async writeHeader(): Promise<void> {
    const header = new Uint8Array(headerSize);
    header.set(indexMagic);
    new DataView(header.buffer).setUint32(8, indexVersion, true);
    await this.write(header);
  }

  private async writeTable(table: PartTables, hasSizes: boolean): Promise<TableLayout> {
    const { keys, sizes, bodies } = table;
    const count = keys.length;
    const keyWidth = count > 0 && (keys[count - 1] as number) > 0xffffffff ? 8 : 4;
    const offset = this.position;
    for (let first = 0; first < count; first += blockEntries) {
      const length = Math.min(blockEntries, count - first);
      const block = new Uint8Array(blockBytes(length, keyWidth, hasSizes));
      const view = new DataView(block.buffer);
      this.samples.push(keys[first] as number);
      let at = 0;
      for (let index = first; index < first + length; index++, at += keyWidth) {
        if (keyWidth === 4) view.setUint32(at, keys[index] as number, true);
        else view.setFloat64(at, keys[index] as number, true);
      }
      if (hasSizes)
        for (let index = first; index < first + length; index++, at += 4)
          view.setUint32(at, sizes[index] as number, true);
      for (let index = first; index < first + length; index++, at += 4)
        view.setUint32(at, bodies[index] as number, true);
      await this.write(block);
    }
    return { offset, count, keyWidth };
  }

  private async writeDirectory(directory: IndexDirectory): Promise<void> {
    const checksums = this.pages.finish();
    const directoryOffset = this.position;
    const json = new TextEncoder().encode(JSON.stringify(directory));
    const jsonLength = Math.ceil(json.length / 8) * 8;
    const bytes = new Uint8Array(jsonLength + this.samples.length * 8 + checksums.length * 4);
    bytes.fill(0x20, 0, jsonLength);
    bytes.set(json);
    const view = new DataView(bytes.buffer);
    this.samples.forEach((key, index) => view.setFloat64(jsonLength + index * 8, key, true));
    const checksumsAt = jsonLength + this.samples.length * 8;
    checksums.forEach((value, index) => view.setUint32(checksumsAt + index * 4, value, true));

    const trailer = new Uint8Array(trailerSize);
    const fields = new DataView(trailer.buffer);
    fields.setFloat64(0, directoryOffset, true);
    fields.setFloat64(8, directoryOffset + bytes.length + trailerSize, true);
    fields.setUint32(16, jsonLength, true);
    fields.setUint32(20, this.samples.length, true);
    fields.setUint32(24, checksums.length, true);
    fields.setUint32(28, checksum(bytes), true);
    fields.setUint32(32, indexVersion, true);
    fields.setUint32(44, checksum(trailer.subarray(0, 44)), true);
    trailer.set(indexMagic, 48);
    await this.sink.write(bytes);
    await this.sink.write(trailer);
  }

  private async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.pages.add(bytes);
    this.position += bytes.length;
    const written = this.sink.write(bytes);
    if (written !== undefined) await written;
  }
}
