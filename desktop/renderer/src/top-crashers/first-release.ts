import type { TopCrasher } from '@faultline/sdk/api';

type First = Pick<TopCrasher, 'firstProduct' | 'firstVersion'>;

/** Product and version that a group was seen in first, as far as they are known. */
export function firstRelease({ firstProduct, firstVersion }: First): string {
  return `${firstProduct} ${firstVersion}`.trim();
}

/**
 * The same for a cell: the version alone, except beside the groups of another product, where it would be taken for one
 * of that.
 * @param looked product of the scope; "" for all of them
 */
export function firstReleaseShort(first: First, looked: string): string {
  return looked === '' || looked === first.firstProduct ? first.firstVersion : firstRelease(first);
}
