import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

const peer = 'minidump-stackwalk';

export const hasPeer = spawnSync(peer, ['--version']).status === 0;

export interface ProcessRun {
  milliseconds: number;
  /** Resident at most. */
  megabytes: number;
}

export function peerArguments(dump: string, symbols: string | null): string[] {
  return ['--json', ...(symbols === null ? [] : ['--symbols-path', symbols]), dump];
}

/** Not a number where the peer is not installed. */
export function runPeer(dump: string, symbols: string | null): Pick<ProcessRun, 'milliseconds'> {
  if (!hasPeer) return { milliseconds: NaN };
  const start = performance.now();
  const { status } = spawnSync(peer, peerArguments(dump, symbols), { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer });
  if (status !== 0) throw new Error(`${peer} failed on ${dump}`);
  return { milliseconds: performance.now() - start };
}

/** Resolves when the process has ended well. */
export function startPeer(dump: string, symbols: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(peer, peerArguments(dump, symbols), { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${peer} failed on ${dump}`))));
  });
}

const maxBuffer = 2 ** 28;
/** A process tells its own peak as it ends. */
const tellPeak = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))',
)}`;

/** `faultline stackwalk` as built; null: a Node that does nothing. */
export function runCommand(args: readonly string[] | null): ProcessRun {
  const command = args === null ? ['-e', '0'] : [path.resolve('server/bin/faultline.js'), 'stackwalk', ...args];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', tellPeak, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer,
    encoding: 'utf8',
  });
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(stderr);
  return { milliseconds, megabytes: Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1000 };
}
