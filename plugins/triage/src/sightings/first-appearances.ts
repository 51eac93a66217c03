import type { FirstAppearance, SignatureHistory } from '@faultline/sdk';
import { joinSightings } from './sighting.js';
import type { SeenSignature, SightingStore } from './sighting-store.js';

/** What the sightings know of the first crash of a signature, for whoever asks. */
export class FirstAppearances implements SignatureHistory {
  constructor(private readonly sightings: Pick<SightingStore, 'get'>) {}

  async firstAppearances(signatures: readonly string[]): Promise<FirstAppearance[]> {
    const seen = await Promise.all([...new Set(signatures)].map((signature) => this.sightings.get(signature)));
    return seen.flatMap((one) => {
      const first = one === null ? null : firstOf(one);
      return first === null ? [] : [first];
    });
  }
}

function firstOf({ signature, products }: SeenSignature): FirstAppearance | null {
  const [first, ...others] = products;
  if (first === undefined) return null;
  // Dates and builds have an order of their own; versions have one only within a product.
  const { firstDate, firstBuild } = others.reduce((joined, next) => joinSightings(joined, next, {}), first);
  if (firstDate === '') return null;
  const { product, firstVersion } = products.find((one) => one.firstDate === firstDate) ?? first;
  return { signature, date: firstDate, build: firstBuild, release: { product, version: firstVersion } };
}
