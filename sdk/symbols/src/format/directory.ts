import type { ModuleRecord, SymbolProblem } from '../text/symbol-text-handler.js';
import { corruptIndex } from './corrupt-index.js';
import { tableNames, type TableLayout, type TableName } from './layout.js';

/** What is known of the symbol file as a whole; the JSON part of an index's directory. */
export interface IndexDirectory {
  moduleRecord: ModuleRecord;
  /** From the INFO records; empty strings when absent. */
  info: { codeId: string; codeFile: string; generator: string };
  /** INLINE records without a call file, and INLINE_ORIGIN names that start with a file id. */
  isOldInlineVintage: boolean;
  /** Of the text the index was made from. */
  text: { bytes: number; lines: number };
  /** Lines that were skipped or doubtful: all counted, the first ones kept. */
  problems: { total: number; first: SymbolProblem[] };
  /** Functions, ranges and symbols that overlap an earlier one and so are not in the index. */
  overlapping: number;
  tables: Record<TableName, TableLayout>;
}

/** Checks a parsed directory, whose numbers lead all later reading. */
export function checkDirectory(value: unknown, dataEnd: number): IndexDirectory {
  const directory = value as Partial<IndexDirectory> | null;
  if (
    directory === null ||
    typeof directory !== 'object' ||
    typeof directory.moduleRecord !== 'object' ||
    typeof directory.info !== 'object' ||
    typeof directory.tables !== 'object'
  ) {
    throw corruptIndex('its directory lacks a part');
  }
  for (const name of tableNames) {
    const table: Partial<TableLayout> | undefined = directory.tables[name];
    if (!isCount(table?.offset, dataEnd) || !isCount(table.count, dataEnd)) throw corruptIndex(`table ${name}`);
    if (table.keyWidth !== 4 && table.keyWidth !== 8) throw corruptIndex(`table ${name}`);
  }
  return directory as IndexDirectory;
}

function isCount(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= limit;
}
