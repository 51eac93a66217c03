import { statSync, utimesSync, type Stats } from 'node:fs';

/** Uses within so long are one: a folder of ten thousand modules is not written to at each walk. */
const resolution = 60_000;

/**
 * The access time of a file is when it was last of use; quotas and retention go by it. It is set by us, so that it
 * tells the same on file systems that are mounted with `noatime`. With `relatime`, what others read (a backup) counts
 * as use, too, at most once a day.
 */
export function markUsed(file: string, now = Date.now()): void {
  try {
    const stat = statSync(file);
    if (now - stat.atimeMs < resolution) return;
    utimesSync(file, now / 1000, stat.mtimeMs / 1000);
  } catch {
    // A cache that may only be read works as well; what is used is then not known.
  }
}

export function lastUsed(stat: Pick<Stats, 'atimeMs' | 'mtimeMs'>): number {
  return Math.max(stat.atimeMs, stat.mtimeMs);
}
