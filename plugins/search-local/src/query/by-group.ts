/** Entries arranged by their group. */
export interface ByGroup<T extends Uint32Array | Float64Array> {
  groups: number;
  /** Pieces that together are the entries of a group, in no order. */
  entriesOf(group: number): readonly T[];
}

/** Entries of one source, and the group of each; a number when all are in one. */
export interface Grouped<T extends Uint32Array | Float64Array> {
  groups: Uint32Array | number;
  entries: T;
}

/** @param make an empty array of so many entries */
export function byGroup<T extends Uint32Array | Float64Array>(
  parts: readonly Grouped<T>[],
  groups: number,
  make: (length: number) => T,
): ByGroup<T> {
  // One group is what there is already.
  if (groups === 1) return { groups, entriesOf: () => parts.map(({ entries }) => entries) };
  const starts = startsOf(parts, groups);
  const next = starts.slice();
  const arranged = make(starts[groups] ?? 0);
  for (const { groups: groupOf, entries } of parts) {
    for (let index = 0; index < entries.length; index++) {
      const group = typeof groupOf === 'number' ? groupOf : (groupOf[index] ?? 0);
      const at = next[group] ?? 0;
      arranged[at] = entries[index] ?? 0;
      next[group] = at + 1;
    }
  }
  return { groups, entriesOf: (group) => [arranged.subarray(starts[group], starts[group + 1]) as T] };
}

/** With one pass to count and one to place. */
function startsOf(parts: readonly Grouped<Uint32Array | Float64Array>[], groups: number): Uint32Array {
  const starts = new Uint32Array(groups + 1);
  for (const { groups: groupOf, entries } of parts) {
    if (typeof groupOf === 'number') starts[groupOf + 1] = (starts[groupOf + 1] ?? 0) + entries.length;
    else {
      for (let index = 0; index < entries.length; index++) {
        const after = (groupOf[index] ?? 0) + 1;
        starts[after] = (starts[after] ?? 0) + 1;
      }
    }
  }
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  return starts;
}
