import type { CrashId } from '@faultline/sdk';
import type { Column } from '../columns/column.js';
import { growingColumnFor, setCell, type Cell, type GrowingColumn } from '../columns/growing-columns.js';
import { idBytes, idToBytes } from '../columns/ids.js';
import { countDeleted, ownColumns, withDeleted, type RowSource } from './row-source.js';

/** A crash on its way into the index, its strings already codes. */
export interface CodedRow {
  id: CrashId;
  run: number;
  /** `completed_datetime`; NaN when it has none. */
  completed: number;
  cells: readonly (readonly [field: string, cell: Cell])[];
}

/** The newest rows of one day, in memory. */
export class HeadDay {
  rows = 0;
  private deleted: Uint8Array | null = null;
  private ids = new Uint8Array(64 * idBytes);
  private readonly rowsById = new Map<CrashId, number>();
  private readonly columns = new Map<string, GrowingColumn>();

  constructor(
    readonly day: string,
    private readonly hashes: ReadonlyMap<string, string>,
  ) {}

  get liveRows(): number {
    return this.rows - countDeleted(this.deleted);
  }

  /** Undefined when the crash has no row here. */
  rowOf(id: CrashId): number | undefined {
    return this.rowsById.get(id);
  }

  add(row: CodedRow): void {
    const at = this.rows;
    if ((at + 1) * idBytes > this.ids.length) {
      const larger = new Uint8Array(this.ids.length * 2);
      larger.set(this.ids);
      this.ids = larger;
    }
    this.ids.set(idToBytes(row.id), at * idBytes);
    this.set(ownColumns.run, at, { number: row.run });
    this.set(ownColumns.completed, at, { number: row.completed });
    for (const [field, cell] of row.cells) this.set(field, at, cell);
    this.rowsById.set(row.id, at);
    this.rows++;
  }

  delete(ids: readonly CrashId[]): void {
    const rows = ids.flatMap((id) => this.rowsById.get(id) ?? []);
    if (rows.length === 0) return;
    this.deleted = withDeleted(this.deleted, this.rows, rows);
    for (const id of ids) this.rowsById.delete(id);
  }

  /** The rows as they are now; rows that come later do not show in it. */
  snapshot(): RowSource {
    const { day, rows, deleted, ids } = this;
    const column = (name: string): Column | undefined =>
      name === ownColumns.id
        ? { kind: 'ids', bytes: ids.subarray(0, rows * idBytes) }
        : this.columns.get(name)?.column(rows);
    return {
      day,
      rows,
      isByTime: false,
      deleted,
      hashOf: (name) => this.hashes.get(name),
      extentOf: () => null,
      column,
      totals: () => null,
      rowsMeeting: () => undefined,
      keepRows: () => undefined,
    };
  }

  private set(name: string, row: number, cell: Cell): void {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = growingColumnFor(cell);
      this.columns.set(name, column);
    }
    setCell(column, row, cell);
  }
}
