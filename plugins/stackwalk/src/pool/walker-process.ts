/**
 * One walking process: it walks one dump at a time, and is killed when that takes too long or too much memory. A
 * worker thread would not do: its limits do not count ArrayBuffers, and hitting them can abort the whole program.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { processMemory } from './process-memory.js';
import type { WalkReply, WalkRequest } from '../walk-protocol.js';

/** How often memory is looked at. A process that allocates as fast as it can gains some 200 MB between two looks. */
const memoryInterval = 50;

export interface WalkLimits {
  timeLimit: number;
  memoryLimit: number;
}

export type WalkOutcome =
  | { kind: 'reply'; reply: WalkReply }
  | { kind: 'timeout' }
  | { kind: 'memory-limit' }
  | { kind: 'died'; reason: string }
  | { kind: 'aborted' };

export class WalkerProcess {
  readonly #child: ChildProcess;
  #finish: ((outcome: WalkOutcome) => void) | null = null;
  #isAlive = true;
  jobs = 0;

  /** @param module path of the program that runs in the process */
  constructor(module: string, limits: WalkLimits) {
    this.#child = fork(module, [], {
      serialization: 'advanced',
      // The JavaScript heap gets less than the whole limit, so that it fails by itself before it is killed.
      execArgv: [`--max-old-space-size=${Math.max(64, Math.floor((limits.memoryLimit / 2 ** 20) * 0.8))}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child.on('message', (reply: WalkReply) => this.#finish?.({ kind: 'reply', reply }));
    this.#child.on('exit', (code, signal) => this.#ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
    this.#child.on('error', (error) => this.#ended(error.message));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves in any case; after anything but a reply the process is dead. */
  async walk(request: WalkRequest, limits: WalkLimits, signal: AbortSignal): Promise<WalkOutcome> {
    if (signal.aborted) return { kind: 'aborted' };
    if (!this.#isAlive) return { kind: 'died', reason: 'it ended before the dump reached it' };
    this.jobs += 1;
    const stop = new AbortController();
    try {
      return await new Promise<WalkOutcome>((resolve) => {
        this.#finish = resolve;
        const end = (outcome: WalkOutcome) => {
          resolve(outcome);
          this.kill();
        };
        const timer = setTimeout(() => end({ kind: 'timeout' }), limits.timeLimit);
        stop.signal.addEventListener('abort', () => clearTimeout(timer));
        signal.addEventListener('abort', () => end({ kind: 'aborted' }), { signal: stop.signal });
        this.#watchMemory(limits.memoryLimit, stop.signal, () => end({ kind: 'memory-limit' }));
        this.#child.send(request, (error) => {
          if (error !== null) end({ kind: 'died', reason: error.message });
        });
      });
    } finally {
      this.#finish = null;
      stop.abort();
    }
  }

  kill(): void {
    this.#isAlive = false;
    this.#child.kill('SIGKILL');
  }

  #ended(reason: string): void {
    this.#isAlive = false;
    this.#finish?.({ kind: 'died', reason });
  }

  #watchMemory(limit: number, stop: AbortSignal, exceeded: () => void): void {
    const look = async () => {
      const memory = this.pid === undefined ? null : await processMemory(this.pid);
      if (stop.aborted) return;
      if (memory !== null && memory > limit) exceeded();
    };
    const interval = setInterval(() => void look(), memoryInterval);
    stop.addEventListener('abort', () => clearInterval(interval));
  }
}
