/**
 * Watches the system calls of a running process with strace, and makes some of them fail or wait. Calls stand in the
 * order in which the kernel entered and left them: strace stops a thread at both, so a line's place is exact.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './server-process.js';

export interface SystemCall {
  name: string;
  /** Everything between the parentheses, with the paths of descriptors; strings whole. */
  arguments: string;
  /** Places in the trace. */
  entered: number;
  left: number;
  /** What it returned, as strace prints it. */
  result: string;
}

export interface Tracer {
  /** Lets go of the process; what it called meanwhile. */
  stop(): Promise<SystemCall[]>;
}

/** Why the tests must be skipped; null when they can run. */
export function tracingTrouble(): string | null {
  if (process.platform !== 'linux') return 'strace is for Linux only';
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', process.execPath, '--version']);
  if (probe.error !== undefined) return 'strace is not installed';
  return probe.status === 0 ? null : 'this process may not trace others';
}

/**
 * Resolves once strace is attached to all of `pids`.
 * @param inject strace's fault injections, `fdatasync:delay_exit=300000`
 */
export async function trace(
  pids: number | readonly number[],
  calls: readonly string[],
  inject: readonly string[] = [],
): Promise<Tracer> {
  const output = path.join(temporaryFolder(), 'trace');
  const watched = [pids].flat();
  const injections = inject.flatMap((injection) => ['-e', `inject=${injection}`]);
  const tracer = spawn(
    'strace',
    [
      '-f',
      '-y',
      '-s',
      '4000000',
      '-o',
      output,
      '-e',
      `trace=${calls.join(',')}`,
      ...injections,
      ...watched.flatMap((pid) => ['-p', String(pid)]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => tracer.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    tracer.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (watched.every((pid) => new RegExp(`Process ${pid} attached`).test(said))) resolve();
    });
    tracer.once('close', () => reject(new Error(`strace ended: ${said}`)));
  });
  return {
    stop: async () => {
      tracer.kill('SIGINT');
      await ended;
      return parseTrace(readFileSync(output, 'latin1'));
    },
  };
}

const begun = /^(\d+)\s+(\w+)\((.*) <(?:unfinished|detached) \.\.\.>$/;
const resumed = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (.*)$/;
const whole = /^(\d+)\s+(\w+)\((.*)\)\s+= (.*)$/;

function parseTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, SystemCall>();
  for (const [place, line] of text.split('\n').entries()) {
    const start = begun.exec(line);
    if (start !== null) {
      const [, thread = '', name = '', given = ''] = start;
      open.set(thread, { name, arguments: given, entered: place, left: Infinity, result: '' });
      continue;
    }
    const end = resumed.exec(line);
    const call = end === null ? undefined : open.get(end[1] ?? '');
    if (end !== null && call !== undefined) {
      calls.push({ ...call, arguments: call.arguments + (end[3] ?? ''), left: place, result: end[4] ?? '' });
      open.delete(end[1] ?? '');
      continue;
    }
    const [, , name, given = '', result = ''] = whole.exec(line) ?? [];
    if (name !== undefined) calls.push({ name, arguments: given, entered: place, left: place, result });
  }
  // A client reads an answer before its write has returned: strace may be stopped between the two.
  return [...calls, ...open.values()];
}

/** Descriptors of a process that stand for a file and sync each write themselves (O_DSYNC), `29</path>` as strace has them. */
export function selfSyncing(pid: number, descriptor: string): boolean {
  const [, number = '', file = ''] = /^(\d+)<(.*)>$/.exec(descriptor) ?? [];
  if (readlinkSync(`/proc/${pid}/fd/${number}`) !== file) return false;
  const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${number}`, 'utf8'))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 0o10000) !== 0;
}
