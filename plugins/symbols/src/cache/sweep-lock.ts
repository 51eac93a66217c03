import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** No sweep takes so long: whoever holds it is dead, or its id is another process's now. */
const longestHold = 10 * 60_000;

/** One process at a time removes files; a file named for it holds its id. Null when another one is at it. */
export function takeSweepLock(file: string, now = Date.now()): (() => void) | null {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!isThere(error)) throw error;
      if (isHeld(file, now)) return null;
      rmSync(file, { force: true });
    }
  }
  return null;
}

function isHeld(file: string, now: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || now - stat.mtimeMs > longestHold) return false;
  const pid = Number(readFileSync(file, 'utf8'));
  // Killed between making the file and writing into it, or in the act: a second look comes with the next sweep.
  if (!Number.isInteger(pid) || pid <= 0) return now - stat.mtimeMs < 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
