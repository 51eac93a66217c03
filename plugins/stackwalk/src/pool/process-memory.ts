import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Bytes } from '@faultline/sdk';

const run = promisify(execFile);

/**
 * Memory of a process: RssAnon + RssShmem on Linux, so that mapped symbol indexes do not count; the whole resident
 * size elsewhere. Null when the process is gone.
 */
export async function processMemory(pid: number): Promise<Bytes | null> {
  try {
    if (process.platform === 'linux') return anonymousMemory(await readFile(`/proc/${pid}/status`, 'utf8'));
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout.trim()) * 1024;
  } catch {
    // The process ended between two looks; its exit is reported by its own event.
    return null;
  }
}

/** @param status text of /proc/PID/status */
export function anonymousMemory(status: string): Bytes {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024;
}
