import { checksum, checksumStart } from './checksum.js';
import { pageSize } from './layout.js';

/** Checksums of the pages of a file that is written from front to back, in pieces of a multiple of 4 bytes. */
export class PageChecksums {
  private readonly done: number[] = [];
  private state = checksumStart;
  private inPage = 0;

  add(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const length = Math.min(pageSize - this.inPage, bytes.length - at);
      this.state = checksum(bytes.subarray(at, at + length), this.state);
      this.inPage += length;
      at += length;
      if (this.inPage === pageSize) this.endPage();
    }
  }

  finish(): Uint32Array {
    if (this.inPage > 0) this.endPage();
    return Uint32Array.from(this.done);
  }

  private endPage(): void {
    this.done.push(this.state);
    this.state = checksumStart;
    this.inPage = 0;
  }
}
