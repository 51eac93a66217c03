/** Entries arranged by their group. */
export interface ByGroup<T extends Uint32Array | Float64Array> {
  groups: number;
  /** Pieces that together are the entries of a group, in no order. */
  entriesOf(group: number): readonly T[];
}

export function ordinalsByGroup(
  parts: readonly { groups: Uint32Array | null; ordinals: Uint32Array }[],
  groups: number,
): ByGroup<Uint32Array> {
  // One group is what there is already.
  if (groups === 1) return { groups, entriesOf: () => parts.map(({ ordinals }) => ordinals) };
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
  return { groups, entriesOf: (group) => [entries.subarray(starts[group], starts[group + 1])] };
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
  return { groups, entriesOf: (group) => [entries.subarray(starts[group], starts[group + 1])] };
}

/** With one pass to count and one to place. */
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
