import type { SearchEngine } from '@faultline/sdk';
import type { GroupSighting } from '@faultline/sdk/api';
import type { FacetBucket, FacetRequest } from '@faultline/sdk/search-query';
import type { VersionOverrides } from '@faultline/signature/version-order';
import { ask, bucketsOf, extentOf, oneOf } from '../group-queries.js';
import { countable, type GroupScope } from '../group-scope.js';
import { joinedByProduct, joinSightings, sightingOf } from './sighting.js';
import type { SightingStore } from './sighting-store.js';

const mostProducts = 50;
const mostReleases = 1_000;

/** First and last appearances of a group in each product, by date, version and build: in the index, and as kept. */
export async function everSeen(
  { engine, sightings, overrides }: { engine: SearchEngine; sightings: SightingStore; overrides: VersionOverrides },
  scope: GroupScope,
  signatures: readonly string[],
): Promise<GroupSighting[]> {
  const kept = await Promise.all(signatures.map((signature) => sightings.get(signature)));
  const terms = (field: string, size: number, facets: FacetRequest[]): FacetRequest[] =>
    countable(scope, [field]).map(() => ({ kind: 'terms', name: field, field, size, includeMissing: true, facets }));
  const seen: FacetRequest = { kind: 'extent', name: 'seen', field: 'submitted_timestamp' };
  const inside = [seen, ...terms('version', mostReleases, []), ...terms('build', mostReleases, [])];
  const everything = { ...scope, filter: null };
  const answer = await ask(engine, everything, {
    from: '1970-01-01T00:00:00.000Z',
    filter: oneOf(signatures),
    facets: terms('product', mostProducts, inside),
  });
  const indexed = bucketsOf(answer.facets['product']).map((bucket) => sightingOfBucket(bucket, overrides));
  return joinedByProduct([...kept.flatMap((one) => one?.products ?? []), ...indexed], overrides);
}

function sightingOfBucket(bucket: FacetBucket, overrides: VersionOverrides): GroupSighting {
  const product = String(bucket.term ?? '');
  const { min, max } = extentOf(bucket);
  const dates = joinSightings(
    sightingOf({ product, version: '', build: '', date: min }),
    sightingOf({ product, version: '', build: '', date: max }),
    overrides,
  );
  const versions = bucketsOf(bucket.facets?.['version']).map(({ term }) => ({
    version: String(term ?? ''),
    build: '',
  }));
  const builds = bucketsOf(bucket.facets?.['build']).map(({ term }) => ({ version: '', build: String(term ?? '') }));
  return [...versions, ...builds].reduce(
    (joined, release) => joinSightings(joined, sightingOf({ product, ...release, date: '' }), overrides),
    dates,
  );
}
