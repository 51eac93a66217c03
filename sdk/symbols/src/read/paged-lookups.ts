import type { MaybePromise } from '@faultline/sdk/units';
import { PageMiss, type PagedBytes } from './paged-bytes.js';

/** Pages kept when no lookup is under way: 4 MB of one index. */
const capacity = 256;

/**
 * Runs lookups that are written as plain synchronous code. What is in memory is answered at once; when a page is
 * missing it is loaded and the lookup starts again. Pages stay while any lookup is under way, so each start gets
 * further than the one before.
 */
export class PagedLookups {
  private underWay = 0;

  constructor(private readonly pages: PagedBytes) {}

  run<T>(lookup: () => T): MaybePromise<T> {
    if (this.underWay === 0) this.pages.trim(capacity);
    try {
      return lookup();
    } catch (error) {
      if (error instanceof PageMiss) return this.runAfter(error, lookup);
      throw error;
    }
  }

  private async runAfter<T>(firstMiss: PageMiss, lookup: () => T): Promise<T> {
    let miss = firstMiss;
    this.underWay++;
    try {
      for (;;) {
        await this.pages.load(miss);
        try {
          return lookup();
        } catch (error) {
          if (!(error instanceof PageMiss)) throw error;
          miss = error;
        }
      }
    } finally {
      this.underWay--;
    }
  }
}
