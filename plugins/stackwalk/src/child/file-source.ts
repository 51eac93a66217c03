import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';

/**
 * A file, read by range with blocking calls: this process has nothing else to do, and hops through the thread pool
 * took a third of a short walk. Throws what opening it throws (`ENOENT`, `EACCES`). Close it.
 */
export function openFileSource(path: string): RandomAccessSource {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  return {
    size,
    // Inside a promise: what fails must reject, not throw.
    read: (offset, length) =>
      new Promise((resolve) => resolve(readAt(file, offset, Math.max(0, Math.min(length, size - offset))))),
    close: () => new Promise((resolve) => resolve(closeSync(file))),
  };
}

function readAt(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, bytes, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === length ? bytes : bytes.subarray(0, filled);
}
