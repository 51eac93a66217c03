/** Extents and percentiles: what is said of numbers, not of their values one by one. */
import type { FieldDefinition } from '@faultline/sdk';
import { numberAt } from '../columns/column.js';
import type { Grouped } from './by-group.js';
import type { FacetContext } from './facet-context.js';
import type { Selected } from './selection.js';

/** The number in each row; NaN when missing. */
export async function numbersOf(
  field: FieldDefinition,
  level: readonly Selected[],
  { column: columnOf, turns }: FacetContext,
): Promise<Grouped<Float64Array>[]> {
  const parts: Grouped<Float64Array>[] = [];
  for (const { source, rows, count, groups } of level) {
    const column = columnOf(source, field.id);
    const entries = new Float64Array(count).fill(NaN);
    if (column !== undefined) {
      for (let index = 0; index < count; index++) {
        entries[index] = numberAt(column, rows === null ? index : (rows[index] ?? 0));
      }
    }
    parts.push({ groups, entries });
    if (turns.isDue) await turns.next();
  }
  return parts;
}

/** Smallest and largest number of each group; NaN for a group without one. */
export function extents(parts: readonly Grouped<Float64Array>[], groups: number): [number, number][] {
  const low = new Float64Array(groups).fill(Infinity);
  const high = new Float64Array(groups).fill(-Infinity);
  for (const { groups: groupOf, entries } of parts) {
    for (let index = 0; index < entries.length; index++) {
      const group = typeof groupOf === 'number' ? groupOf : (groupOf[index] ?? 0);
      const value = entries[index] ?? NaN;
      if (value < (low[group] ?? 0)) low[group] = value;
      if (value > (high[group] ?? 0)) high[group] = value;
    }
  }
  return Array.from(low, (value, group) => (value === Infinity ? [NaN, NaN] : [value, high[group] ?? NaN]));
}

/** Linear between the two nearest values; null without values. */
export function percentile(sorted: Float64Array, percent: number): number | null {
  if (sorted.length === 0) return null;
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
