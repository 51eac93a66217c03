/**
 * A segment's file: 8 bytes of magic, length and CRC-32 of the header, the header as JSON, then the bytes of each
 * column at a multiple of 8. Written once, under a temporary name, and renamed when it is durable.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { FaultlineError } from '@faultline/sdk/errors';
import { bytesNeeded, bytesOf, columnFrom, shapeOf, type ColumnShape } from '../columns/column-bytes.js';
import { extentOf, type Column } from '../columns/column.js';

const magic = 'FLTSEG1\n';
const prefix = 16;
const mostHeaderBytes = 4 << 20;

/** A header is mostly shorter, and is read with its beginning. */
const firstRead = 32 << 10;

export interface StoredColumn {
  name: string;
  shape: ColumnShape;
  /** From the end of the header. */
  offset: number;
  length: number;
  crc: number;
  extent: { low: number; high: number; missing: number } | null;
}

export interface SegmentHeader {
  day: string;
  rows: number;
  /** Hash of each field's definition when the segment was built; a field without a column is missing in all rows. */
  hashes: Record<string, string>;
  columns: StoredColumn[];
}

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

export interface SegmentBody {
  path: string;
  /** Where the header ends. */
  bodyAt: number;
  rows: number;
}

/** Throws `Internal SEARCH_SEGMENT_DAMAGED` when the file is not a whole segment. */
export function readHeader(path: string): { header: SegmentHeader; bodyAt: number } {
  return withFile(path, (file) => {
    const most = Math.min(firstRead, fstatSync(file).size);
    const first = readExactly(file, { position: 0, length: Math.max(prefix, most), path });
    const length = first.readUInt32LE(8);
    if (first.toString('latin1', 0, 8) !== magic || length > mostHeaderBytes) throw damaged(path);
    const isThere = prefix + length <= first.length;
    const bytes = isThere
      ? first.subarray(prefix, prefix + length)
      : readExactly(file, { position: prefix, length, path });
    if (crc32(bytes) !== first.readUInt32LE(12)) throw damaged(path);
    // Its sum is right, so it is what `writeSegment` wrote: checking its form would take half of an index's start.
    const header = JSON.parse(bytes.toString()) as SegmentHeader;
    return { header, bodyAt: prefix + length };
  });
}

/**
 * One column. Reading waits for the disk on the index's own thread: columns are small, and most stand in the page
 * cache, where a read that others could overtake costs ten times as much.
 */
export function readColumn({ path, bodyAt, rows }: SegmentBody, stored: StoredColumn): Column {
  if (stored.length !== bytesNeeded(stored.shape, rows)) throw damaged(path);
  const place = { position: bodyAt + stored.offset, length: stored.length, path };
  const bytes = withFile(path, (file) => readExactly(file, place));
  if (crc32(bytes) !== stored.crc) throw damaged(path);
  return columnFrom(stored.shape, rows, bytes.buffer);
}

function withFile<T>(path: string, read: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

interface Place {
  position: number;
  length: number;
  path: string;
}

/** In a buffer of its own. */
function readExactly(file: number, { position, length, path }: Place): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const bytesRead = readSync(file, bytes, done, length - done, position + done);
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
