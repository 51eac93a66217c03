import { open } from 'node:fs/promises';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';

/** A file, read by range. Throws what opening it throws (`ENOENT`, `EACCES`). Close it. */
export async function openFileSource(path: string): Promise<RandomAccessSource> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await file.read(bytes, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === wanted ? bytes : bytes.subarray(0, filled);
    },
    close: () => file.close(),
  };
}
