import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Older than any build or download may last: the process that wrote it is dead. */
const abandonedAfter = 60 * 60 * 1000;

let counter = 0;

/** A name beside `target` that no other process or call uses. */
export function temporaryName(target: string): string {
  counter++;
  return `${target}.${process.pid}-${Date.now().toString(36)}-${counter}.tmp`;
}

/** Removes what killed processes left in a folder of the cache. */
export function sweepTemporaries(folder: string, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tmp')) continue;
    const file = path.join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs > abandonedAfter) rmSync(file, { force: true });
  }
}
