/** What facets, sorting and columns of a query share. */
import type { FieldDefinition, MaybePromise } from '@faultline/sdk';
import type { Column } from '../columns/column.js';
import type { RowSource } from '../segments/row-source.js';
import type { StringTable } from '../strings/string-table.js';
import type { Turns } from './turns.js';

export interface FacetContext {
  turns: Turns;
  /** At once for a column that is in memory, as most are. */
  column(source: RowSource, field: string): MaybePromise<Column | undefined>;
  table(field: string): Promise<StringTable>;
}

/** A number as an answer shows it: dates in ISO 8601, booleans as such; null for NaN. */
export function asValue(field: FieldDefinition, value: number): string | number | boolean | null {
  if (Number.isNaN(value)) return null;
  if (field.type === 'boolean') return value === 1;
  return field.type === 'date' ? new Date(value).toISOString() : value;
}
