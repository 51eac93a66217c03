/** What counts as a value of a field when two sets of crashes are compared. */
import type { FieldDefinition } from '@faultline/sdk';
import { nextStep, searchBounds } from '@faultline/sdk/search';
import type { FacetRequest, FacetResult } from '@faultline/sdk/search-query';
import { bucketsOf } from './scope.js';

/** How the values of a field are asked for and read. */
export interface ValueReading {
  /** @param of the group, or the reference set, where more rare ones must be known */
  request(field: FieldDefinition, of: 'group' | 'rest'): FacetRequest;
  /** Crashes by value; null for a missing one. */
  counts(facet: FacetResult | undefined): Map<string | null, number>;
  /** Values that the facet left out can be asked for by their name. */
  canBeNamed: boolean;
}

/** Values of one field that are tested. */
const mostValues = 40;

/** Fields whose one text is a list: elements joined by semicolons. */
const joinedLists = new Set(['modules_in_stack', 'missing_symbols']);

/** Single numbers say little: steps that grow with them are compared. */
export function readingOf({ id, type }: FieldDefinition): ValueReading {
  if (type === 'integer' || type === 'number') return numbers;
  return joinedLists.has(id) ? elements : categories;
}

const categories: ValueReading = {
  request: ({ id }, of) => terms(id, of === 'group' ? mostValues : mostValues * 10),
  counts: (facet) => new Map(bucketsOf(facet).map(({ term, count }) => [term === null ? null : String(term), count])),
  canBeNamed: true,
};

const elements: ValueReading = {
  request: ({ id }) => terms(id, searchBounds.facetSize),
  counts(facet) {
    const counts = new Map<string | null, number>();
    for (const { term, count } of bucketsOf(facet)) {
      const parts =
        term === null
          ? [null]
          : new Set(
              String(term)
                .split(';')
                .filter((part) => part !== ''),
            );
      for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + count);
    }
    return counts;
  },
  canBeNamed: false,
};

const numbers: ValueReading = {
  request: ({ id }) => ({ kind: 'histogram', name: id, field: id, interval: 'magnitude' }),
  counts: (facet) =>
    new Map(
      bucketsOf(facet).flatMap(({ term, count }): [string, number][] =>
        typeof term === 'number' ? [[`${term} – ${nextStep(term, 'magnitude')}`, count]] : [],
      ),
    ),
  canBeNamed: false,
};

function terms(field: string, size: number): FacetRequest {
  return { kind: 'terms', name: field, field, size, includeMissing: true };
}
