import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Changes with each boot of the machine. */
export function bootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
}
