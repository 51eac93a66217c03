/**
 * Which records of a table are kept and in what order: what the peers do when records overlap or repeat.
 */
import type { RecordColumns } from './record-columns.js';

/** Indexes of the kept records in the table's order. */
export type KeptEntries = Uint32Array;

/** Sorted by start, then end, then file order; a range that overlaps a kept one is lost. FUNC and STACK CFI INIT. */
export function firstRangeWins(columns: RecordColumns): KeptEntries {
  const order = sortedOrder(columns);
  let kept = 0;
  let end = -1;
  for (const entry of order) {
    const start = columns.keys[entry] as number;
    if (start < end) continue;
    end = start + (columns.sizes[entry] as number);
    order[kept++] = entry;
  }
  return order.subarray(0, kept);
}

/** Sorted by key; of equal keys the last one in the file is kept. FILE and INLINE_ORIGIN ids, rule numbers. */
export function lastKeyWins(columns: RecordColumns): KeptEntries {
  return lastOfEqualKeys(columns, sortedOrder(columns));
}

/** Sorted by address; of several at one address the one that `compare` puts last is kept. PUBLIC. */
export function greatestWins(columns: RecordColumns, compare: (a: number, b: number) => number): KeptEntries {
  const order = sortedOrder(columns);
  let hasEqual = false;
  for (let index = 1; index < order.length; index++) {
    if (columns.keys[order[index] as number] === columns.keys[order[index - 1] as number]) hasEqual = true;
  }
  if (hasEqual) {
    order.sort((a, b) => (columns.keys[a] as number) - (columns.keys[b] as number) || compare(a, b) || a - b);
  }
  return lastOfEqualKeys(columns, order);
}

/**
 * STACK WIN as PDBs have it: each record starts right, but often ends only with its function. A record that starts
 * inside the one before it ends that one; one with the same range is lost, any other overlap is dropped.
 */
export function settleWinRecords(columns: RecordColumns): KeptEntries {
  const { keys, sizes, count } = columns;
  const kept = new Uint32Array(count);
  let keptCount = 0;
  for (let entry = 0; entry < count; entry++) {
    const start = keys[entry] as number;
    const end = start + (sizes[entry] as number);
    if (keptCount > 0) {
      const last = kept[keptCount - 1] as number;
      const lastStart = keys[last] as number;
      const lastEnd = lastStart + (sizes[last] as number);
      if (start < lastEnd && end > lastStart) {
        if (start <= lastStart) continue;
        sizes[last] = start - lastStart;
      }
    }
    kept[keptCount++] = entry;
  }
  const settled: RecordColumns = {
    count: keptCount,
    keys: new Float64Array(keptCount),
    sizes: new Uint32Array(keptCount),
    bodies: kept,
  };
  for (let index = 0; index < keptCount; index++) {
    settled.keys[index] = keys[kept[index] as number] as number;
    settled.sizes[index] = sizes[kept[index] as number] as number;
  }
  return firstRangeWins(settled).map((index) => kept[index] as number);
}

function lastOfEqualKeys(columns: RecordColumns, order: Uint32Array): KeptEntries {
  let kept = 0;
  for (let index = 0; index < order.length; index++) {
    const entry = order[index] as number;
    const next = order[index + 1];
    if (next !== undefined && columns.keys[next] === columns.keys[entry]) continue;
    order[kept++] = entry;
  }
  return order.subarray(0, kept);
}

/** Files are nearly always sorted already, and sorting by a function is slow: look first. */
function sortedOrder({ keys, sizes, count }: RecordColumns): Uint32Array {
  const order = new Uint32Array(count);
  let isSorted = true;
  for (let entry = 0; entry < count; entry++) {
    order[entry] = entry;
    if (entry === 0) continue;
    const difference = (keys[entry] as number) - (keys[entry - 1] as number);
    if (difference < 0 || (difference === 0 && (sizes[entry] as number) < (sizes[entry - 1] as number)))
      isSorted = false;
  }
  if (isSorted) return order;
  return order.sort(
    (a, b) => (keys[a] as number) - (keys[b] as number) || (sizes[a] as number) - (sizes[b] as number) || a - b,
  );
}
