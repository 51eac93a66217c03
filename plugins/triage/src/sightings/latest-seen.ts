import type { VersionOverrides } from '@faultline/signature/version-order';
import type { LatestSeen } from '../groups/group-record.js';
import { joinedByProduct } from './sighting.js';
import type { SightingStore } from './sighting-store.js';

/** Latest version and build of a group in each product. */
export async function latestSeen(
  sightings: SightingStore,
  signatures: readonly string[],
  overrides: VersionOverrides,
): Promise<LatestSeen> {
  const kept = await Promise.all(signatures.map((signature) => sightings.get(signature)));
  const products = joinedByProduct(
    kept.flatMap((seen) => seen?.products ?? []),
    overrides,
  );
  return Object.fromEntries(
    products.map(({ product, lastVersion, lastBuild }) => [product, { version: lastVersion, build: lastBuild }]),
  );
}
