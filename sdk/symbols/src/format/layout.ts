/**
 * The `.symx` file, version 1, as FORMAT.md describes it: header, bodies, tables, directory, trailer. Everything is
 * little endian; positions are bytes from the start of the file.
 */

/** First and last eight bytes of every index. */
export const indexMagic: Uint8Array = new TextEncoder().encode('FLTSYMX\n');
/** Bump it when old files can't be read any more; they are then built again. */
export const indexVersion = 1;

export const headerSize = 16;
export const trailerSize = 56;
/** Bytes that share one checksum, and that the reader fetches at once. */
export const pageSize = 16 * 1024;
/** Entries of a table that stand together; the first key of each block is kept in the directory. */
export const blockEntries = 512;
/** Bodies start at multiples of this, so that a reference of 32 bits reaches 16 GiB. */
export const bodyAlignment = 4;

/** Tables of an index. Each is sorted by its key. */
export const tableNames = [
  'functions',
  'publics',
  'cfi',
  'winFrameData',
  'winFpo',
  'files',
  'origins',
  'rules',
] as const;
export type TableName = (typeof tableNames)[number];

/** Tables whose entries cover a range and so have a size; the others have keys alone. */
export const rangeTables: readonly TableName[] = ['functions', 'cfi', 'winFrameData', 'winFpo'];

/** Where a table stands. */
export interface TableLayout {
  offset: number;
  count: number;
  /** Bytes of a key: 4, or 8 (a double) when a key needs it. */
  keyWidth: 4 | 8;
}

/** Bytes of `count` entries of a table: keys, sizes when it has them, references to bodies. */
export function blockBytes(count: number, keyWidth: 4 | 8, hasSizes: boolean): number {
  return count * (keyWidth + (hasSizes ? 4 : 0) + 4);
}
