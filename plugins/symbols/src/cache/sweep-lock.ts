import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { UnixMillis } from '@faultline/sdk/units';

/** No sweep takes so long: whoever holds it is dead, or its id is another process's now. */
const longestHold = 10 * 60_000;
const lockForm = /^sweep\.(\d+)-\d+-\d+\.lock$/;
let counter = 0;

/**
 * One process at a time removes files. Whoever wants to puts up a lock of its own, and goes on only when it then sees
 * none of another living process; of two at once, at least one sees the other. A single lock could not be taken over
 * from a killed process: between finding it dead and removing it, a third may have made it anew, and two would sweep.
 * Null when another one is at it.
 */
export function takeSweepLock(folder: string, now: UnixMillis = Date.now()): (() => void) | null {
  const own = `sweep.${process.pid}-${threadId}-${++counter}.lock`;
  const release = () => rmSync(path.join(folder, own), { force: true });
  writeFileSync(path.join(folder, own), '');
  try {
    const others = readdirSync(folder).filter((name) => name !== own && lockForm.test(name));
    if (!others.some((name) => isHeld(path.join(folder, name), now))) return release;
  } catch (error) {
    release();
    throw error;
  }
  release();
  return null;
}

/** A dead process's is removed. */
function isHeld(file: string, now: UnixMillis): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const pid = Number(lockForm.exec(path.basename(file))?.[1]);
  if (now - stat.mtimeMs <= longestHold && isAlive(pid)) return true;
  rmSync(file, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process.
    return systemErrorCode(error) === 'EPERM';
  }
}
