/** The fields that a search may name: the dictionary as far as the caller may see it, plus what every crash has. */
import type { FieldDefinition } from '../field-definition.js';
import { fieldIdOf } from './crash-stats/field-names.js';

/** A read-only list of fields; what is not in it does not exist for the caller. */
export interface SearchFields {
  all(): readonly FieldDefinition[];
  /** By id, or by the name that Crash Stats gives the same field. */
  get(name: string): FieldDefinition | undefined;
}

/** Every processed crash has these at its top level, whatever the dictionary says of their type. */
const alwaysThere: readonly FieldDefinition[] = [
  {
    id: 'crash_id',
    title: 'Crash id',
    type: 'keyword',
    description: 'Identifies the crash report. Its last six digits are the day of collection.',
    permission: 'public',
    facetable: false,
  },
  {
    id: 'submitted_timestamp',
    title: 'Submitted',
    type: 'date',
    description: 'When the report was collected.',
    permission: 'public',
  },
];

/** @param mayViewProtected without it, protected fields do not exist */
export function searchFields(definitions: readonly FieldDefinition[], mayViewProtected: boolean): SearchFields {
  const byId = new Map<string, FieldDefinition>();
  for (const field of alwaysThere) byId.set(field.id, field);
  for (const field of definitions) {
    const fixed = alwaysThere.find(({ id }) => id === field.id);
    if (fixed !== undefined) byId.set(field.id, { ...fixed, title: field.title, description: field.description });
    else if (field.permission === 'public' || mayViewProtected) byId.set(field.id, field);
  }
  return {
    all: () => [...byId.values()],
    get: (name) => byId.get(name) ?? byId.get(fieldIdOf(name) ?? ''),
  };
}

/** Whether filters, sorts and facets may name the field. Objects and stored fields never are indexed. */
export function isSearchable(field: FieldDefinition): boolean {
  return field.type !== 'object' && field.type !== 'stored' && field.searchable !== false;
}

export function isFacetable(field: FieldDefinition): boolean {
  return isSearchable(field) && field.facetable !== false;
}

/** Up to three field names that a person may have meant, the nearest first. */
export function suggestFields(name: string, fields: SearchFields): string[] {
  const wanted = name.toLowerCase().slice(0, 64);
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const near: { id: string; distance: number }[] = [];
  for (const { id } of fields.all()) {
    const part = wanted.length >= 3 && (id.includes(wanted) || id.split('_').includes(wanted));
    const distance = part ? 1 : editDistance(wanted, id.slice(0, 64));
    if (distance <= limit) near.push({ id, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, 3)
    .map(({ id }) => id);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      next.push(best);
    }
    before = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
