/** Arranges entries by their group, with one pass to count and one to place. */
export interface ByGroup<T extends Uint32Array | Float64Array> {
  /** Entries of group g stand from `starts[g]` to `starts[g + 1]`. */
  starts: Uint32Array;
  entries: T;
}

export function ordinalsByGroup(
  parts: readonly { groups: Uint32Array | null; ordinals: Uint32Array }[],
  groups: number,
): ByGroup<Uint32Array> {
  const starts = startsOf(parts, groups, (part) => part.ordinals.length);
  const next = starts.slice();
  const entries = new Uint32Array(starts[groups] ?? 0);
  for (const { groups: groupOf, ordinals } of parts) {
    for (let index = 0; index < ordinals.length; index++) {
      const group = groupOf?.[index] ?? 0;
      const at = next[group] ?? 0;
      entries[at] = ordinals[index] ?? 0;
      next[group] = at + 1;
    }
  }
  return { starts, entries };
}

export function numbersByGroup(
  parts: readonly { groups: Uint32Array | null; numbers: Float64Array }[],
  groups: number,
): ByGroup<Float64Array> {
  const starts = startsOf(parts, groups, (part) => part.numbers.length);
  const next = starts.slice();
  const entries = new Float64Array(starts[groups] ?? 0);
  for (const { groups: groupOf, numbers } of parts) {
    for (let index = 0; index < numbers.length; index++) {
      const group = groupOf?.[index] ?? 0;
      const at = next[group] ?? 0;
      entries[at] = numbers[index] ?? NaN;
      next[group] = at + 1;
    }
  }
  return { starts, entries };
}

function startsOf<P extends { groups: Uint32Array | null }>(
  parts: readonly P[],
  groups: number,
  lengthOf: (part: P) => number,
): Uint32Array {
  const starts = new Uint32Array(groups + 1);
  for (const part of parts) {
    const length = lengthOf(part);
    if (part.groups === null) starts[1] = (starts[1] ?? 0) + length;
    else {
      for (let index = 0; index < length; index++) {
        const after = (part.groups[index] ?? 0) + 1;
        starts[after] = (starts[after] ?? 0) + 1;
      }
    }
  }
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  return starts;
}
