import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { checksum } from '../format/checksum.js';
import { corruptIndex } from '../format/corrupt-index.js';
import { pageSize } from '../format/layout.js';

/**
 * Thrown, and caught in `PagedLookups`, when a lookup needs pages that are not in memory. It is not an Error: no stack
 * is captured, it never leaves this folder.
 */
export class PageMiss {
  constructor(
    readonly firstPage: number,
    readonly lastPage: number,
  ) {}
}

/**
 * The data of an index by pages, each checked against its checksum when it comes in. Of a source that is in memory,
 * pages are views and never missing; of any other, `view` throws a `PageMiss` for what has to be loaded first.
 */
export class PagedBytes {
  private readonly pages = new Map<number, Uint8Array>();
  private readonly loading = new Map<number, Promise<void>>();
  private readonly memory: Uint8Array | null;
  private lastPage = -1;
  private lastBytes: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly source: RandomAccessSource,
    readonly length: number,
    private readonly checksums: Uint32Array,
  ) {
    const bytes: unknown = 'bytes' in source ? source.bytes : null;
    this.memory = bytes instanceof Uint8Array ? bytes : null;
  }

  /** Bytes at `offset`; a view where they stand in one page. */
  view(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.length) throw corruptIndex('a reference leads outside');
    const first = Math.floor(offset / pageSize);
    const inPage = offset - first * pageSize;
    if (inPage + length <= pageSize) return this.page(first).subarray(inPage, inPage + length);
    return this.joined(offset, length);
  }

  /** Loads what a lookup missed. Two lookups that miss one page share its load. */
  async load(miss: PageMiss): Promise<void> {
    const pending: Promise<void>[] = [];
    let page = miss.firstPage;
    while (page <= miss.lastPage) {
      const shared = this.loading.get(page);
      if (this.pages.has(page) || shared !== undefined) {
        if (shared !== undefined) pending.push(shared);
        page++;
        continue;
      }
      let end = page + 1;
      while (end <= miss.lastPage && !this.pages.has(end) && !this.loading.has(end)) end++;
      pending.push(this.fetch(page, end));
      page = end;
    }
    await Promise.all(pending);
  }

  /** Drops the oldest pages until at most `capacity` are left. */
  trim(capacity: number): void {
    if (this.pages.size <= capacity) return;
    for (const page of this.pages.keys()) {
      if (this.pages.size <= capacity) break;
      this.pages.delete(page);
    }
    this.lastPage = -1;
  }

  private page(page: number): Uint8Array {
    if (page === this.lastPage) return this.lastBytes;
    let bytes = this.pages.get(page);
    if (bytes === undefined) {
      if (this.memory === null) throw new PageMiss(page, page);
      bytes = this.memory.subarray(page * pageSize, Math.min((page + 1) * pageSize, this.length));
      this.accept(page, bytes);
    }
    this.lastPage = page;
    this.lastBytes = bytes;
    return bytes;
  }

  private joined(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / pageSize);
    const last = Math.floor((offset + length - 1) / pageSize);
    if (this.memory === null) {
      for (let page = first; page <= last; page++) if (!this.pages.has(page)) throw new PageMiss(first, last);
    }
    const bytes = new Uint8Array(length);
    for (let page = first; page <= last; page++) {
      const start = Math.max(offset, page * pageSize);
      const end = Math.min(offset + length, (page + 1) * pageSize);
      bytes.set(this.page(page).subarray(start - page * pageSize, end - page * pageSize), start - offset);
    }
    return bytes;
  }

  private fetch(first: number, end: number): Promise<void> {
    const offset = first * pageSize;
    const length = Math.min(end * pageSize, this.length) - offset;
    const load = this.source
      .read(offset, length)
      .then((bytes) => {
        if (bytes.length !== length) throw corruptIndex('the file is shorter than it says');
        for (let page = first; page < end; page++) {
          const start = page * pageSize - offset;
          this.accept(page, bytes.subarray(start, Math.min(start + pageSize, length)));
        }
      })
      .finally(() => {
        for (let page = first; page < end; page++) this.loading.delete(page);
      });
    for (let page = first; page < end; page++) this.loading.set(page, load);
    return load;
  }

  private accept(page: number, bytes: Uint8Array): void {
    if (checksum(bytes) !== this.checksums[page]) throw corruptIndex(`page ${page} has another checksum`);
    this.pages.set(page, bytes);
  }
}
