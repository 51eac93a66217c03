import { Worker } from 'node:worker_threads';
import { FaultlineError } from '@faultline/sdk/errors';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';
import type { Milliseconds } from '@faultline/sdk/units';
import type { SymbolProviderOptions } from '../provider/options.js';
import type { LookedUp, WorkerAnswer, WorkerResults, WorkerWish } from './worker-protocol.js';

export interface SymbolsThreadOptions {
  program: URL;
  provider: Partial<SymbolProviderOptions>;
  /** A thread with nothing to do ends after so long. */
  idleAfter: Milliseconds;
  /** One wish may take so long: a download and an index of a large file included. */
  limit: Milliseconds;
  /** Wishes that may wait; more are refused. */
  mostWaiting: number;
}

interface Waiting {
  resolve(answer: WorkerResults): void;
  reject(error: FaultlineError): void;
  timer: NodeJS.Timeout;
}

/** One thread for all reading of symbols in this process: begun at the first wish, ended when idle, replaced when it hangs. */
export class SymbolsThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private idleTimer: NodeJS.Timeout | null = null;
  private lastId = 0;

  constructor(private readonly options: SymbolsThreadOptions) {}

  /** Throws `Busy SYMBOLICATE_BUSY`, `Timeout SYMBOLICATE_TIMEOUT`, `Unavailable SYMBOLICATE_ENDED`. */
  symbolicate(wish: Pick<WorkerWish, 'jobs' | 'codeFiles' | 'isDebug'>): Promise<WorkerResults> {
    return this.ask(wish);
  }

  /**
   * Asks every place for a module, as a walk would; what is found is indexed.
   * @param isFresh servers are asked again for what they said they do not have
   */
  async lookUp(module: ModuleIdentity, isFresh: boolean): Promise<LookedUp> {
    const { lookedUp } = await this.ask({ jobs: [], codeFiles: {}, lookUp: { module, isFresh } });
    if (lookedUp !== undefined) return lookedUp;
    throw new FaultlineError('Internal', 'SYMBOL_LOOKUP_EMPTY', 'The thread that reads symbols answered nothing.');
  }

  async close(): Promise<void> {
    await this.end(new FaultlineError('Unavailable', 'SYMBOLICATE_ENDED', 'The server stops.'));
  }

  private ask(wish: Omit<WorkerWish, 'id'>): Promise<WorkerResults> {
    const { limit, mostWaiting } = this.options;
    if (this.waiting.size >= mostWaiting) {
      throw new FaultlineError('Busy', 'SYMBOLICATE_BUSY', `${this.waiting.size} requests wait already.`, {
        hint: 'Ask again in a moment.',
      });
    }
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new FaultlineError('Timeout', 'SYMBOLICATE_TIMEOUT', `It took longer than ${limit} ms.`);
        void this.end(error);
      }, limit);
      this.waiting.set(id, { resolve, reject, timer });
      this.thread().postMessage({ id, ...wish } satisfies WorkerWish);
    });
  }

  private thread(): Worker {
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.idleTimer = null;
    if (this.worker !== null) return this.worker;
    const { program, provider } = this.options;
    const worker = new Worker(program, { workerData: provider, name: 'symbols', execArgv: [] });
    worker.on('message', (answer: WorkerAnswer) => this.take(answer));
    worker.on('error', (cause) => void this.end(ended(cause), worker));
    worker.on('exit', () => void this.end(ended(null), worker));
    this.worker = worker;
    return worker;
  }

  private take(answer: WorkerAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) {
      this.idleTimer = setTimeout(() => void this.end(ended(null)), this.options.idleAfter).unref();
    }
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    if ('results' in answer) waiting.resolve(answer);
    else waiting.reject(new FaultlineError('Unavailable', answer.error.code, answer.error.message));
  }

  /** Ends the thread, and with it all that waits for it. */
  private async end(error: FaultlineError, which = this.worker): Promise<void> {
    if (which === null || which !== this.worker) return;
    this.worker = null;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.waiting.clear();
    await which.terminate();
  }
}

function ended(cause: unknown): FaultlineError {
  return new FaultlineError('Unavailable', 'SYMBOLICATE_ENDED', 'The thread that reads symbols ended.', {
    hint: 'Ask again.',
    ...(cause === null ? {} : { cause }),
  });
}
