/** One column of a virtual table. */
export interface TableColumn {
  id: string;
  title: string;
  /** Pixels; 0 takes the room that is left. */
  width: number;
  isNumber?: boolean;
  /** Value of the address's `sort` that this column sets; absent when it can't be sorted by. */
  sort?: { ascending?: string; descending?: string; first: 'ascending' | 'descending' };
  /** Hidden when the table is narrower than so many pixels. */
  from?: number;
  description?: string;
}

/** Columns that fit, in order. */
export function fittingColumns<C extends TableColumn>(columns: readonly C[], width: number): C[] {
  return columns.filter((column) => column.from === undefined || width >= column.from);
}
