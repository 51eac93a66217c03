/**
 * One server process holds a data folder, or several that agree to share it (`bus.url` is set): each has a row in
 * state.mdb, taken in a write transaction, so that of two that start
 * together one wins. A dead one's row is replaced at once: the row names the process so well (boot, pid, start time)
 * that a new process with an old pid is not taken for it.
 *
 * Folklore: two containers may share a folder and a boot, but not see each other's processes, and a restarted
 * container has a new host name. There the pid says nothing, so a holder of another pid namespace counts as alive
 * while it still touches its heartbeat file.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Environment } from './environment.js';
import type { Holder, StateTables } from './state-tables.js';

/** Of a process that has the folder to itself; those that share it have a row each. */
const aloneKey = 'folder';
/** A holder that we can't see touches its file this often; silent for three times as long, it is dead. */
export const heartbeatInterval: Milliseconds = 2000;
const heartbeatLimit: Milliseconds = 3 * heartbeatInterval;

export function describeThisProcess(now: Date): Holder {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid),
    bootId: bootId(),
    namespace: pidNamespace(),
    host: hostname(),
    since: now.toISOString(),
  };
}

/**
 * Throws `Conflict STORAGE_HELD`, naming the living holder, unless both share the folder. Rows of dead ones go; when none
 * is left beside this process, the leases that they held end.
 * @param shares other processes that share it, too, may hold it beside this one
 */
export async function takeFolder(state: Environment<StateTables>, me: Holder, shares: boolean): Promise<void> {
  const beat = heartbeatFile(state.file);
  await state.transaction(({ holder: holders, leases }) => {
    let others = 0;
    for (const { key, value } of [...holders.getRange({})]) {
      if (!isSame(value, me) && isAlive(value, me, beat)) {
        if (!shares || key === aloneKey) throw held(value, shares);
        others++;
      } else void holders.remove(key);
    }
    void holders.put(keyOf(me, shares), me);
    if (others > 0) return;
    // Whoever held them is dead: what was cut off goes on at once. The fences stay, and go on growing.
    for (const { key, value } of [...leases.getRange({})]) void leases.put(key, { ...value, until: 0 });
  });
  writeFileSync(beat, '');
}

export async function releaseFolder(state: Environment<StateTables>, me: Holder): Promise<void> {
  await state.transaction(({ holder: holders }) => {
    for (const { key, value } of [...holders.getRange({})]) if (isSame(value, me)) void holders.remove(key);
  });
}

function keyOf(me: Holder, shares: boolean): string {
  return shares ? `shared ${me.pid} ${me.startTime}` : aloneKey;
}

/** For other pid namespaces to see that this process lives. */
export function touchHeartbeat(stateFile: string, now: Date): void {
  utimesSync(heartbeatFile(stateFile), now, now);
}

export function isAlive(holder: Holder, me: Holder, heartbeat: string): boolean {
  // Another boot of this machine is over. Another machine can't share a local disk, so its row came with a copy.
  return isRunning(holder, me) ?? (existsSync(heartbeat) && Date.now() - statSync(heartbeat).mtimeMs < heartbeatLimit);
}

/** Changes with each boot of the machine; "" when it can't be told. */
export function bootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return runForText('sysctl', ['-n', 'kern.boottime']);
}

function heartbeatFile(stateFile: string): string {
  return path.join(path.dirname(stateFile), 'state.holder');
}

function isSame(a: Holder, b: Holder): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId && a.namespace === b.namespace;
}

/** False when its process is known to have ended; null when it can't be seen from here. */
export function isRunning(process: Holder, me: Holder): boolean | null {
  if (process.bootId !== me.bootId) return false;
  if (process.namespace !== me.namespace) return null;
  const startTime = startTimeOf(process.pid);
  return startTime !== '' && startTime === process.startTime;
}

/** "" when there is no such process. */
function startTimeOf(pid: number): string {
  if (process.platform !== 'linux') return runForText('ps', ['-o', 'lstart=', '-p', String(pid)]);
  try {
    // proc(5): the name in parentheses may hold blanks; start time is field 22, counted from the pid.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more.
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    // No such process.
    return '';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // No namespaces on this system.
    return '';
  }
}

function runForText(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // ps exits with 1 when there is no such process.
    return '';
  }
}

function held(holder: Holder, shares: boolean): FaultlineError {
  return new FaultlineError(
    'Conflict',
    'STORAGE_HELD',
    `The data folder is in use by process ${holder.pid} on ${holder.host} since ${holder.since}.`,
    {
      hint: shares
        ? `That one does not share it: stop it (kill ${holder.pid}) and start it with the same bus.url.`
        : `Stop that server first (kill ${holder.pid}), or give this one another folder with --data.`,
      details: { ...holder },
    },
  );
}
