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

/** Room that the column without a width of its own keeps. */
const leastRoom = 240;

/** Columns that fit, in order. Where there is too little room, those that ask for the widest table go first. */
export function fittingColumns<C extends TableColumn>(columns: readonly C[], width: number): C[] {
  const shown = columns.filter((column) => column.from === undefined || width >= column.from);
  const isTooWide = () => shown.reduce((sum, column) => sum + (column.width || leastRoom), 0) > width;
  while (isTooWide()) {
    const widest = Math.max(...shown.map((column) => column.from ?? 0));
    if (widest <= 0) break;
    shown.splice(
      shown.findLastIndex((column) => column.from === widest),
      1,
    );
  }
  return shown;
}
