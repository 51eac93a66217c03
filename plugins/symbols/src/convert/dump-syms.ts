/**
 * dump_syms as a child process: other people's debug files are parsed there, so it may hang, take all memory or write
 * without end, and is stopped when it does.
 */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Bytes, Milliseconds } from '@faultline/sdk/units';

export interface DumpSymsLimits {
  program: string;
  timeout: Milliseconds;
  /** Of its address space, beside the files it maps. */
  memory: Bytes;
}

export interface ProbedProgram {
  /** Null where it does not start. */
  version: string | null;
}

/** Words for people who lack it. */
export const installHint =
  'Install it with `cargo install --locked dump_syms` (Mozilla’s), or name it in symbols.dumpSyms.program; waiting files are then converted by themselves.';

const longestComplaint = 2000;

export async function probeDumpSyms(program: string): Promise<ProbedProgram> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 5000, windowsHide: true });
    return { version: stdout.trim().slice(0, 100) || 'of unknown version' };
  } catch {
    // Not there, or not for this machine: what is wrong with it is what the screen says.
    return { version: null };
  }
}

/**
 * Its standard output, as it comes. The end is only reached when the program ended well.
 * @throws FaultlineError `Timeout DUMP_SYMS_TIMEOUT`, `Unavailable DUMP_SYMS_FAILED` with its own words
 */
export async function* runDumpSyms(
  args: readonly string[],
  {
    limits,
    folder,
    fileBytes,
    signal,
  }: { limits: DumpSymsLimits; folder: string; fileBytes: Bytes; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const [command, ...words] = limited(limits, fileBytes);
  const child = spawn(command, [...words, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limits.timeout)]);
  const kill = () => void child.kill('SIGKILL');
  stop.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, longestComplaint);
  });
  const ended = new Promise<{ code: number | null; problem: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, problem: error.message }));
    child.once('close', (code, killed) =>
      resolve({ code, problem: killed === null ? '' : `it was ended by ${killed}` }),
    );
  });
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    const { code, problem } = await ended;
    signal.throwIfAborted();
    if (stop.aborted) {
      throw new FaultlineError(
        'Timeout',
        'DUMP_SYMS_TIMEOUT',
        `dump_syms took longer than ${limits.timeout} ms and was stopped`,
      );
    }
    if (code !== 0) {
      const words = [problem, complaint.trim().replace(/\s+/g, ' ')].filter((each) => each !== '').join(': ');
      throw new FaultlineError('Unavailable', 'DUMP_SYMS_FAILED', `dump_syms failed (${words || `exit code ${code}`})`);
    }
  } finally {
    stop.removeEventListener('abort', kill);
    kill();
  }
}

/** Where the system has a shell with limits, the program gets its own; it never writes a core file. */
function limited({ program, memory }: DumpSymsLimits, fileBytes: Bytes): [string, ...string[]] {
  if (process.platform === 'win32') return [program];
  const kilobytes = Math.ceil((memory + fileBytes) / 1024);
  // macOS has no limit of address space: there the time alone ends it.
  const script = 'ulimit -c 0; ulimit -v "$0" 2>/dev/null; exec "$@"';
  return ['/bin/sh', '-c', script, String(kilobytes), program];
}
