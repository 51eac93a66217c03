import type { Column } from '../columns/column.js';

/** How often each code stands in a segment's rows: what a facet over the whole segment would count again and again. */
export interface CodeTotals {
  kind: 'totals';
  /** Those that stand there. */
  ordinals: Uint32Array;
  counts: Uint32Array;
}

/** Bytes of one code with its count. */
const entryBytes = 8;

/** Null for a column without codes, and for one with so many codes that its rows are counted as quickly. */
export function codeTotals(column: Column): CodeTotals | null {
  if (column.kind !== 'codes' && column.kind !== 'lists') return null;
  const { codes } = column;
  let largest = 0;
  for (const code of codes) largest = Math.max(largest, code);
  const counts = new Uint32Array(largest + 1);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  if (column.kind === 'lists') counts[0] = emptyLists(column.starts);
  let distinct = 0;
  for (let code = 0; code <= largest; code++) if (counts[code] !== 0) distinct++;
  if (distinct * 2 > codes.length) return null;
  const totals: CodeTotals = { kind: 'totals', ordinals: new Uint32Array(distinct), counts: new Uint32Array(distinct) };
  let at = 0;
  for (let code = 0; code <= largest; code++) {
    const count = counts[code] ?? 0;
    if (count === 0) continue;
    totals.ordinals[at] = code;
    totals.counts[at++] = count;
  }
  return totals;
}

export function totalsMemory({ ordinals }: CodeTotals): number {
  return ordinals.length * entryBytes;
}

function emptyLists(starts: Uint32Array): number {
  let empty = 0;
  for (let row = 0; row + 1 < starts.length; row++) if (starts[row] === starts[row + 1]) empty++;
  return empty;
}
