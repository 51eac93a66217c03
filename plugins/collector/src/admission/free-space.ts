import { statfs } from 'node:fs/promises';
import type { Bytes, Clock, Milliseconds } from '@faultline/sdk';

const freshness: Milliseconds = 1000;

/** Free bytes of the disk that holds a folder, asked at most once a second. */
export class FreeSpace {
  #known: { at: Milliseconds; free: Promise<Bytes> } | null = null;

  constructor(
    private readonly folder: string,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** Infinity when it can't be told: the store itself will say what is wrong. */
  read(): Promise<Bytes> {
    const now = this.clock.monotonic();
    if (this.#known === null || now - this.#known.at > freshness)
      this.#known = { at: now, free: freeBytes(this.folder) };
    return this.#known.free;
  }
}

async function freeBytes(folder: string): Promise<Bytes> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
