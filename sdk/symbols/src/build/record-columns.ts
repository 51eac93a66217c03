/** Entries of one table while it is built: keys, sizes and references to bodies, in columns that double. */
export interface RecordColumns {
  count: number;
  keys: Float64Array<ArrayBuffer>;
  sizes: Uint32Array<ArrayBuffer>;
  /** Position of the body, in units of `bodyAlignment`; within the part until parts are merged. */
  bodies: Uint32Array<ArrayBuffer>;
}

export function emptyColumns(capacity = 64): RecordColumns {
  return {
    count: 0,
    keys: new Float64Array(capacity),
    sizes: new Uint32Array(capacity),
    bodies: new Uint32Array(capacity),
  };
}

export function appendRecord(columns: RecordColumns, key: number, size: number, body: number): void {
  if (columns.count === columns.keys.length) grow(columns);
  const { count } = columns;
  columns.keys[count] = key;
  columns.sizes[count] = size;
  columns.bodies[count] = body;
  columns.count = count + 1;
}

function grow(columns: RecordColumns): void {
  const capacity = columns.keys.length * 2;
  const keys = new Float64Array(capacity);
  keys.set(columns.keys);
  const sizes = new Uint32Array(capacity);
  sizes.set(columns.sizes);
  const bodies = new Uint32Array(capacity);
  bodies.set(columns.bodies);
  columns.keys = keys;
  columns.sizes = sizes;
  columns.bodies = bodies;
}
