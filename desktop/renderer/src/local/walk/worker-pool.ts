import { FaultlineError } from '@faultline/sdk/errors';
import type { ToPage, ToWorker } from './walk-messages.js';

/** Two walks at once, and two dumps that are looked at. */
const usualSize = 4;

/**
 * Workers made when the screen is opened: after that a dump is read without a request, even for the worker's program,
 * and its first frames wait for nothing. One that hung is replaced.
 */
export class WorkerPool {
  private readonly idle: Worker[] = [];
  private readonly waiting: { resolve(worker: Worker): void; reject(error: Error): void }[] = [];
  private count = 0;

  constructor(
    /** Called when somebody waits and none is idle: one that is only kept may be given back. */
    private readonly onNeed: () => void,
    private readonly makeWorker: () => Worker = () =>
      new Worker(new URL('./local-worker.ts', import.meta.url), { type: 'module', name: 'local dumps' }),
    private readonly size = usualSize,
  ) {}

  /** Starts what is missing. */
  warm(): void {
    while (this.count < this.size) this.start();
  }

  /** @throws FaultlineError `WORKER_NOT_LOADED` when the program can't be fetched and no worker is left */
  take(): Promise<Worker> {
    this.warm();
    const worker = this.idle.shift();
    if (worker !== undefined) return Promise.resolve(worker);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.onNeed();
    });
  }

  giveBack(worker: Worker): void {
    worker.postMessage({ kind: 'reset' } satisfies ToWorker);
    this.offer(worker);
  }

  /** Ends a worker that hangs or was in the middle of something. */
  discard(worker: Worker): void {
    worker.terminate();
    this.count -= 1;
    this.warm();
  }

  private start(): void {
    this.count += 1;
    const worker = this.makeWorker();
    const starting = new AbortController();
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<ToPage>) => {
        if (data.kind !== 'ready') return;
        starting.abort();
        this.offer(worker);
      },
      { signal: starting.signal },
    );
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        starting.abort();
        this.count -= 1;
        if (this.count > 0) return;
        const hint = 'It is loaded once from where this page came from; try again when that answers.';
        const error = new FaultlineError('Unavailable', 'WORKER_NOT_LOADED', 'The reader of dumps did not load.', {
          hint,
        });
        for (const one of this.waiting.splice(0)) one.reject(error);
      },
      { signal: starting.signal },
    );
  }

  private offer(worker: Worker): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(worker);
    else next.resolve(worker);
  }
}
