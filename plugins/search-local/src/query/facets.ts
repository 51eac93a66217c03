/**
 * Facets of a selection, for all buckets of a level at once: each row knows the bucket it is in, and a bucket's own
 * facets are counted on the rows inside.
 */
import type { FacetResult } from '@faultline/sdk/search-query';
import type { CheckedFacet } from '@faultline/sdk/search';
import { countBuckets } from './bucket-facets.js';
import { valuesFor } from './field-values.js';
import { byGroup, type ByGroup } from './by-group.js';
import { countInto, placed, type Valued } from './count-values.js';
import { asValue, type FacetContext } from './facet-context.js';
import { extents, numbersOf, percentile } from './number-facets.js';
import type { Selected } from './selection.js';
import type { Turns } from './turns.js';

/** Results by facet name, one for each group. */
export async function countFacets(
  requests: readonly CheckedFacet[],
  level: readonly Selected[],
  groups: number,
  context: FacetContext,
): Promise<Record<string, FacetResult>[]> {
  const results: Record<string, FacetResult>[] = Array.from({ length: groups }, () => ({}));
  for (const request of requests) {
    const answers = await countFacet(request, level, groups, context);
    for (const [group, answer] of answers.entries()) {
      const result = results[group];
      if (result !== undefined) result[request.name] = answer;
    }
  }
  return results;
}

async function countFacet(
  request: CheckedFacet,
  level: readonly Selected[],
  groups: number,
  context: FacetContext,
): Promise<FacetResult[]> {
  switch (request.kind) {
    case 'terms':
    case 'histogram':
      return countBuckets(request, { level, groups, countInside: countFacets }, context);
    case 'cardinality': {
      const { valued, size } = await valuesFor(request.field, null, level, context);
      if (groups === 1) return [{ kind: 'cardinality', value: await distinctOfAll(valued, size, context.turns) }];
      const parts = valued.map((one) => {
        const { of, ordinals } = placed(one);
        return { groups: of.groups, entries: ordinals };
      });
      const arranged = byGroup(parts, groups, (length) => new Uint32Array(length));
      return distinct(arranged, size).map((value) => ({ kind: 'cardinality', value }));
    }
    case 'extent': {
      const numbers = await numbersOf(request.field, level, context);
      return extents(numbers, groups).map(([min, max]) => ({
        kind: 'extent',
        min: asValue(request.field, min),
        max: asValue(request.field, max),
      }));
    }
    case 'percentiles': {
      const numbers = await numbersOf(request.field, level, context);
      const arranged = byGroup(numbers, groups, (length) => new Float64Array(length));
      return Array.from({ length: groups }, (_, group) => {
        const sorted = sortedNumbers(arranged.entriesOf(group));
        const values = request.percents.map((percent): [string, number | null] => [
          String(percent),
          percentile(sorted, percent),
        ]);
        return { kind: 'percentiles', values: Object.fromEntries(values) };
      });
    }
  }
}

async function distinctOfAll(valued: readonly Valued[], size: number, turns: Turns): Promise<number> {
  const counts = new Uint32Array(size);
  for (const one of valued) {
    countInto(counts, one, size);
    if (turns.isDue) await turns.next();
  }
  let distinct = 0;
  for (let ordinal = 1; ordinal < size; ordinal++) if (counts[ordinal] !== 0) distinct++;
  return distinct;
}

function distinct({ groups, entriesOf }: ByGroup<Uint32Array>, size: number): number[] {
  const seenIn = new Uint32Array(size);
  return Array.from({ length: groups }, (_, group) => {
    let count = 0;
    for (const ordinals of entriesOf(group)) {
      for (const ordinal of ordinals) {
        if (ordinal === 0 || seenIn[ordinal] === group + 1) continue;
        seenIn[ordinal] = group + 1;
        count++;
      }
    }
    return count;
  });
}

/** In ascending order, without the missing ones. */
function sortedNumbers(pieces: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let count = 0;
  for (const piece of pieces) {
    for (const value of piece) {
      if (!Number.isNaN(value)) all[count++] = value;
    }
  }
  return all.subarray(0, count).sort();
}
