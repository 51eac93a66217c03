import { open } from 'node:fs/promises';
import type { RandomAccessSource } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

/** A file read by range; null when there is none. Close it. */
export async function openFileSource(file: string): Promise<RandomAccessSource | null> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  const { size } = await handle.stat();
  return {
    size,
    read: async (offset, length, signal) => {
      signal?.throwIfAborted();
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await handle.read(bytes, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}
