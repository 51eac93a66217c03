/**
 * A segment's file: 8 bytes of magic, length and CRC-32 of the header, the header as JSON, then the bytes of each
 * column at a multiple of 8. Written once, under a temporary name, and renamed when it is durable.
 */
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { bytesNeeded, bytesOf, columnFrom, shapeOf } from '../columns/column-bytes.js';
import { extentOf, type Column } from '../columns/column.js';

const magic = 'FLTSEG1\n';
const prefix = 16;
const mostHeaderBytes = 4 << 20;

const width = z.union([z.literal(1), z.literal(2), z.literal(4)]);
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('codes'), width }),
  z.object({ kind: z.literal('packed'), width, base: z.number() }),
  z.object({ kind: z.literal('doubles') }),
  z.object({ kind: z.literal('lists'), width, entries: z.number().int().nonnegative() }),
  z.object({ kind: z.literal('ids') }),
]);

const StoredColumn = z.object({
  name: z.string(),
  shape,
  /** From the end of the header. */
  offset: z.number().int().nonnegative(),
  length: z.number().int().nonnegative(),
  crc: z.number().int(),
  extent: z.object({ low: z.number(), high: z.number(), missing: z.number() }).nullable(),
});
export type StoredColumn = z.output<typeof StoredColumn>;

const SegmentHeader = z.object({
  day: z.string(),
  rows: z.number().int().positive(),
  /** Hash of each field's definition when the segment was built; a field without a column is missing in all rows. */
  hashes: z.record(z.string(), z.string()),
  columns: z.array(StoredColumn),
});
export type SegmentHeader = z.output<typeof SegmentHeader>;

export interface NewSegment {
  day: string;
  rows: number;
  hashes: ReadonlyMap<string, string>;
  columns: ReadonlyMap<string, Column>;
}

/** Durable on return. Returns the file's size. */
export async function writeSegment(path: string, segment: NewSegment): Promise<number> {
  const bodies: Buffer[] = [];
  let offset = 0;
  const columns = [...segment.columns].map(([name, column]): StoredColumn => {
    const bytes = bytesOf(column);
    const padding = (8 - (bytes.length % 8)) % 8;
    bodies.push(bytes, Buffer.alloc(padding));
    const stored = { name, shape: shapeOf(column), offset, length: bytes.length, crc: crc32(bytes) };
    offset += bytes.length + padding;
    return { ...stored, extent: extentOf(column, segment.rows) };
  });
  const { day, rows } = segment;
  const header = Buffer.from(JSON.stringify({ day, rows, hashes: Object.fromEntries(segment.hashes), columns }));
  const start = Buffer.alloc(prefix);
  start.write(magic, 'latin1');
  start.writeUInt32LE(header.length, 8);
  start.writeUInt32LE(crc32(header), 12);
  const size = prefix + header.length + offset;
  await writeDurably(path, [start, header, ...bodies]);
  return size;
}

/** Writes under a temporary name, syncs, renames, syncs the folder. */
export async function writeDurably(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writev(chunks.filter((chunk) => chunk.length > 0) as Uint8Array[]);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Throws `Internal SEARCH_SEGMENT_DAMAGED` when the file is not a whole segment. */
export async function readHeader(path: string): Promise<{ header: SegmentHeader; bodyAt: number }> {
  const file = await open(path, 'r');
  try {
    const start = await readExactly(file, 0, prefix, path);
    const length = start.readUInt32LE(8);
    if (start.toString('latin1', 0, 8) !== magic || length > mostHeaderBytes) throw damaged(path);
    const bytes = await readExactly(file, prefix, length, path);
    if (crc32(bytes) !== start.readUInt32LE(12)) throw damaged(path);
    const header = SegmentHeader.parse(JSON.parse(bytes.toString()));
    return { header, bodyAt: prefix + length };
  } finally {
    await file.close();
  }
}

/** Columns by name, in one opening of the file. */
export async function readColumns(
  path: string,
  bodyAt: number,
  rows: number,
  wanted: readonly StoredColumn[],
): Promise<Map<string, Column>> {
  const file = await open(path, 'r');
  try {
    const columns = new Map<string, Column>();
    for (const stored of wanted) {
      if (stored.length !== bytesNeeded(stored.shape, rows)) throw damaged(path);
      const bytes = await readExactly(file, bodyAt + stored.offset, stored.length, path);
      if (crc32(bytes) !== stored.crc) throw damaged(path);
      columns.set(stored.name, columnFrom(stored.shape, rows, bytes.buffer));
    }
    return columns;
  } finally {
    await file.close();
  }
}

/** In a buffer of its own. */
async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw damaged(path);
    done += bytesRead;
  }
  return bytes;
}

function damaged(path: string): FaultlineError {
  return new FaultlineError('Internal', 'SEARCH_SEGMENT_DAMAGED', 'A segment of the search index is damaged.', {
    details: { path },
  });
}
