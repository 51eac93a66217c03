import type { Bytes } from './units.js';

/**
 * Bytes that can be read by range: a file, a Buffer, a Blob, an HTTP resource with ranges. A dump of 2 GB and a
 * symbol index of 80 MB are never read whole.
 */
export interface RandomAccessSource {
  /** Total size. Must not change while the source is in use. */
  readonly size: Bytes;
  /**
   * Reads exactly `length` bytes at `offset`, or fewer at the end of the source.
   * @param offset from the start, 0 to `size`
   */
  read(offset: Bytes, length: Bytes, signal?: AbortSignal): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/** A source over bytes that are in memory already; `read` returns views, not copies. */
export function bytesSource(bytes: Uint8Array): RandomAccessSource & { readonly bytes: Uint8Array } {
  return {
    bytes,
    size: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, Math.min(offset + length, bytes.byteLength))),
  };
}

/** A Blob or File, of which only what is asked for is read: a dropped dump of any size, in a page or a worker. */
export function blobSource(blob: Blob): RandomAccessSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
