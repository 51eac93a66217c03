import type { FirstAppearance } from '@faultline/sdk';
import type { TopCrasher } from '@faultline/sdk/api';

/**
 * When and in which version a signature came first, from what the index has and what was written down.
 * @param indexed ISO 8601, of the crashes that are kept; "" for none
 * @param written undefined where nobody wrote it down
 */
export function firstAppearance(
  indexed: string,
  written: FirstAppearance | undefined,
): Pick<TopCrasher, 'firstSeen' | 'firstProduct' | 'firstVersion'> {
  if (written === undefined || Date.parse(indexed) < Date.parse(written.date)) {
    // After a loss of the state, what was written down begins with whatever crashed next: a version of then is no first.
    return { firstSeen: indexed, firstProduct: '', firstVersion: '' };
  }
  const { product = '', version = '' } = written.release ?? {};
  return { firstSeen: written.date, firstProduct: product, firstVersion: version };
}
