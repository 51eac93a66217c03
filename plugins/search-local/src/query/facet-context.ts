/** What facets, sorting and columns of a query share. */
import type { FieldDefinition } from '@faultline/sdk';
import type { Column } from '../columns/column.js';
import type { RowSource } from '../segments/row-source.js';
import type { StringTable } from '../strings/string-table.js';
import type { Turns } from './turns.js';

export interface FacetContext {
  turns: Turns;
  /** Undefined when the field is missing in all rows of the source. */
  column(source: RowSource, field: string): Column | undefined;
  table(field: string): Promise<StringTable>;
}

/** A number as an answer shows it: dates in ISO 8601, booleans as such; null for NaN. */
export function asValue(field: FieldDefinition, value: number): string | number | boolean | null {
  if (Number.isNaN(value)) return null;
  if (field.type === 'boolean') return value === 1;
  return field.type === 'date' ? new Date(value).toISOString() : value;
}
