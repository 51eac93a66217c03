/**
 * Starts the built server as an admin would, in a process group of its own, on a free port of the loopback. Hold the
 * handle: a server that is not stopped outlives the test run. Traps: `kill` hits every process of the group, as a
 * machine that loses power would; after it nothing may be read from the handle but `log()`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Tests and benches run from the repository; a bench is bundled elsewhere, so the module's own place tells nothing. */
const program = path.resolve('server/bin/faultline.js');

export interface ServerOptions {
  /** Made and removed by the test when absent. */
  data?: string;
  args?: string[];
  env?: Record<string, string>;
  /** Milliseconds until `ready` must have been printed. */
  patience?: number;
}

export interface RunningServer {
  url: string;
  data: string;
  pid: number;
  /** Everything it printed so far. */
  log(): string;
  /** SIGTERM, and waits for the end; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL to all its processes at once, and waits for the end. */
  kill(): Promise<void>;
  /** Bytes of RssAnon + RssShmem over all its processes. */
  memory(): number;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Resolves once the server takes posts. Rejects with its output when it ends before, or is not ready in time. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const data = options.data ?? temporaryFolder();
  const child = spawn(process.execPath, [program, 'serve', '--data', data, '--port', '0', ...(options.args ?? [])], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      reject(new Error(`the server was not ready in time:\n${output}`));
    }, options.patience ?? 60_000);
    const take = (text: Buffer) => {
      output += text.toString();
      const ready = /^ready (http\S+)$/m.exec(output)?.[1];
      if (ready === undefined) return;
      clearTimeout(timer);
      resolve(ready);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}:\n${output}`));
    });
  });
  const pid = child.pid ?? 0;
  running.add(child);
  void ended.then(() => running.delete(child));
  return {
    url,
    data,
    pid,
    log: () => output,
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      signalGroup(child, 'SIGKILL');
      await ended;
    },
    memory: () => processTree(pid).reduce((sum, each) => sum + anonymousMemory(each), 0),
  };
}

/** Runs a `faultline` command to its end. */
export async function faultline(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; patience?: number } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  const result: CommandResult = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (result.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (result.stderr += text.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), options.patience ?? 60_000);
  result.code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return result;
}

const folders = new Set<string>();
const running = new Set<ChildProcess>();

/** A folder that `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-system-'));
  folders.add(folder);
  return folder;
}

/** Kills what still runs and removes every folder: call it in `afterAll`. */
export function cleanUp(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.clear();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), signal);
  } catch {
    // The group is gone already.
  }
}

/** Front processes of a server. */
export function frontsOf(server: Pick<RunningServer, 'pid'>): number[] {
  const list = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/);
    return line.includes('front-process') && Number(parent) === server.pid ? [Number(pid)] : [];
  });
}

/** A process and all its descendants. */
function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(
      readProc(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function anonymousMemory(pid: number): number {
  const status = readProc(`/proc/${pid}/status`);
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024;
}

function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Processes end while one looks at them.
    return '';
  }
}
