import type { IndexDirectory } from '../format/directory.js';
import { tableNames, type TableName } from '../format/layout.js';
import { BodyReader } from '../format/body-reader.js';
import { appendRecord, emptyColumns, type RecordColumns } from './record-columns.js';
import { firstRangeWins, greatestWins, lastKeyWins, settleWinRecords, type KeptEntries } from './settle-entries.js';
import { SlabWriter, type Slab } from './slab-writer.js';
import type { SymbolPart } from './symbol-part-builder.js';

/** A table as it will be written: sorted, settled. */
export interface PartTables {
  keys: Float64Array;
  sizes: Uint32Array;
  /** File positions in units of `bodyAlignment`. */
  bodies: Uint32Array;
}

export interface JoinedParts {
  tables: Record<TableName, PartTables>;
  /** Bodies of the chosen public symbols; `tables.publics.bodies` are positions in these slabs. */
  publicSlabs: Slab[];
  directory: Omit<IndexDirectory, 'tables'>;
}

/**
 * Joins the parts of one symbol file, in file order, and settles what overlaps or repeats over all of them.
 * @param filePosition where a body of a part stands in the file
 */
export function joinParts(
  parts: readonly SymbolPart[],
  filePosition: (part: number, body: number) => number,
): JoinedParts {
  let overlapping = 0;
  const tables = {} as Record<TableName, PartTables>;
  for (const name of tableNames) {
    if (name === 'publics') continue;
    const columns = concatenate(parts, name, filePosition);
    const kept = settle(name, columns);
    if (name !== 'files' && name !== 'origins') overlapping += columns.count - kept.length;
    tables[name] = pick(columns, kept);
  }
  const publics = choosePublics(parts);
  tables.publics = publics.table;
  return {
    tables,
    publicSlabs: publics.slabs,
    directory: { ...describe(parts), overlapping },
  };
}

function settle(name: TableName, columns: RecordColumns): KeptEntries {
  if (name === 'functions' || name === 'cfi') return firstRangeWins(columns);
  if (name === 'winFrameData' || name === 'winFpo') return settleWinRecords(columns);
  return lastKeyWins(columns);
}

function concatenate(
  parts: readonly SymbolPart[],
  name: TableName,
  filePosition: (part: number, body: number) => number,
): RecordColumns {
  const count = parts.reduce((sum, part) => sum + part.tables[name].count, 0);
  const joined: RecordColumns = {
    count,
    keys: new Float64Array(count),
    sizes: new Uint32Array(count),
    bodies: new Uint32Array(count),
  };
  let at = 0;
  parts.forEach((part, partIndex) => {
    const table = part.tables[name];
    joined.keys.set(table.keys.subarray(0, table.count), at);
    joined.sizes.set(table.sizes.subarray(0, table.count), at);
    for (let index = 0; index < table.count; index++) {
      joined.bodies[at + index] = filePosition(partIndex, table.bodies[index] as number);
    }
    at += table.count;
  });
  return joined;
}

function pick(columns: RecordColumns, kept: KeptEntries): PartTables {
  const count = kept.length;
  const table = { keys: new Float64Array(count), sizes: new Uint32Array(count), bodies: new Uint32Array(count) };
  for (let index = 0; index < count; index++) {
    const entry = kept[index] as number;
    table.keys[index] = columns.keys[entry] as number;
    table.sizes[index] = columns.sizes[entry] as number;
    table.bodies[index] = columns.bodies[entry] as number;
  }
  return table;
}

function choosePublics(parts: readonly SymbolPart[]): { table: PartTables; slabs: Slab[] } {
  const columns = emptyColumns();
  for (const [partIndex, part] of parts.entries()) {
    const { publics } = part.tables;
    for (let index = 0; index < publics.count; index++) {
      appendRecord(columns, publics.keys[index] as number, partIndex, publics.bodies[index] as number);
    }
  }
  const bodyOf = (entry: number): BodyReader => {
    const part = parts[columns.sizes[entry] as number] as SymbolPart;
    const reader = new BodyReader(part.publicBodies);
    reader.at = columns.bodies[entry] as number;
    return reader;
  };
  // The sort below must see addresses alone: sizes hold the part here.
  const byAddress: RecordColumns = { ...columns, sizes: new Uint32Array(columns.count) };
  const kept = greatestWins(byAddress, (a, b) => comparePublics(bodyOf(a), bodyOf(b)));
  const slabs = new SlabWriter();
  const table = pick(byAddress, kept);
  kept.forEach((entry, index) => {
    const reader = bodyOf(entry);
    const start = reader.at;
    reader.text();
    reader.varint();
    reader.varint();
    table.bodies[index] = slabs.append(reader.bytes, start, reader.at);
  });
  return { table, slabs: slabs.finish() };
}

function comparePublics(a: BodyReader, b: BodyReader): number {
  return compareBytes(a.text(), b.text()) || a.varint() - b.varint();
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function describe(parts: readonly SymbolPart[]): Omit<IndexDirectory, 'tables' | 'overlapping'> {
  const first = parts[0];
  let lines = 0;
  let bytes = 0;
  let old = 0;
  let total = 0;
  const info = { codeId: '', codeFile: '', generator: '' };
  const problems: IndexDirectory['problems']['first'] = [];
  for (const part of parts) {
    problems.push(...part.problems.first.map((problem) => ({ ...problem, line: problem.line + lines })));
    total += part.problems.total;
    lines += part.text.lines;
    bytes += part.text.bytes;
    old += part.oldInlines - part.newInlines;
    info.codeId ||= part.info.codeId;
    info.codeFile ||= part.info.codeFile;
    info.generator ||= part.info.generator;
  }
  return {
    moduleRecord: first?.moduleRecord ?? { os: '', architecture: '', debugId: '', name: '' },
    info,
    isOldInlineVintage: old > 0,
    text: { bytes, lines },
    problems: { total, first: problems.slice(0, 100) },
  };
}
