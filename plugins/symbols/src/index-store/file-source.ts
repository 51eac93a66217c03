import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';

/** Indexes up to this size are read whole, so that their lookups answer at once. */
const wholeRead = 512 * 1024;

/**
 * A file by range, with blocking reads: a page of an index comes from the page cache in some 20 microseconds, less
 * than a hop through the thread pool. For walker processes and commands; a server's main thread must not use it.
 * @throws the file system's error, e.g. ENOENT
 */
export function openFileSource(path: string): RandomAccessSource {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size <= wholeRead) return wholeFile(file, size);
    return rangesOf(file, size);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function wholeFile(file: number, size: number): RandomAccessSource & { bytes: Uint8Array } {
  const bytes = readAt(file, 0, size);
  closeSync(file);
  return {
    bytes,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

function rangesOf(file: number, size: number): RandomAccessSource {
  let isOpen = true;
  return {
    size,
    // Blocking inside a promise: what fails must reject, not throw.
    read: (offset, length) => new Promise((resolve) => resolve(readAt(file, offset, length))),
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
      return Promise.resolve();
    },
  };
}

function readAt(file: number, offset: number, length: number): Uint8Array {
  // Not allocUnsafe: pages are kept, and a slice of the shared pool would keep all of it.
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
