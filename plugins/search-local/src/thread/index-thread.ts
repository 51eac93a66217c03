/**
 * The index in a thread of its own: however heavy a query is, nothing else of the host waits for it. The thread opens
 * only files of the index, no LMDB. It is started by the first call and ended when nobody has called for a while.
 */
import { Worker } from 'node:worker_threads';
import type { Logger, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { CallAnswer, CallRequest, IndexCall, IndexPort, IndexStatus } from '../index-calls.js';
import { receivedAnswer } from './sent-answer.js';
import { receivedError, type FromThread, type ThreadStart, type ToThread } from './thread-messages.js';

export interface IndexThreadOptions {
  program: URL;
  start: ThreadStart;
  /** The thread is ended after so long without a call; 0 keeps it. */
  idleAfter: Milliseconds;
  logger: Logger;
  /** The index turned out to be damaged while it was read. */
  onDamage(): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

interface Life {
  worker: Worker;
  calls: Map<number, Waiting>;
  closed: Promise<void>;
}

export class IndexThread implements IndexPort {
  private life: Life | null = null;
  /** Of a thread that was told to end: the next one waits for it, since one at a time has the folder. */
  private ending: Promise<void> = Promise.resolve();
  private lastStatus: IndexStatus | null = null;
  private nextCall = 1;
  private inUse = 0;
  private isRebuilding = false;
  private idleTimer: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(private readonly options: IndexThreadOptions) {}

  /** For status and tests. */
  get isRunning(): boolean {
    return this.life !== null;
  }

  async ask<K extends IndexCall>(call: K, request: CallRequest<K>, signal?: AbortSignal): Promise<CallAnswer<K>> {
    signal?.throwIfAborted();
    // Asking how it is does not wake the index: nothing changes while it sleeps.
    if (call === 'status' && this.life === null && this.lastStatus !== null) return this.lastStatus as CallAnswer<K>;
    this.inUse++;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    try {
      await this.ending;
      const answer = (await this.send(this.alive(), call, request, signal)) as CallAnswer<K>;
      if (call === 'status') this.lastStatus = answer as IndexStatus;
      if (call === 'beginRebuild') this.isRebuilding = true;
      return answer;
    } finally {
      if (call === 'finishRebuild' || call === 'dropRebuild') this.isRebuilding = false;
      this.inUse--;
      this.endWhenIdle();
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.end();
    await this.ending;
  }

  private alive(): Life {
    if (this.isClosed) throw new FaultlineError('Unavailable', 'SEARCH_CLOSED', 'The search index is closed.');
    this.life ??= this.begin();
    return this.life;
  }

  private begin(): Life {
    const { program, start, logger } = this.options;
    const worker = new Worker(program, { workerData: start, name: 'search-local', execArgv: [] });
    worker.unref();
    const calls = new Map<number, Waiting>();
    let failure: unknown = null;
    const closed = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'closed' && message.error !== null) failure = receivedError(message.error);
        else this.take(message, calls);
      });
      worker.on('error', (error) => {
        failure = error;
        logger.error({ error }, 'the thread of the search index failed; the next question starts another');
      });
      worker.on('exit', () => {
        if (this.life?.worker === worker) this.life = null;
        for (const { reject } of calls.values()) reject(ended());
        if (failure === null) resolve();
        else reject(failure instanceof Error ? failure : new Error('The thread of the search index failed.'));
      });
    });
    // `end` hears of it; what happens before has been told by then.
    closed.catch(() => undefined);
    return { worker, calls, closed };
  }

  private take(message: FromThread, calls: Map<number, Waiting>): void {
    const { logger, onDamage } = this.options;
    switch (message.kind) {
      case 'answer':
        calls.get(message.id)?.resolve(message.answer);
        break;
      case 'found':
        calls.get(message.id)?.resolve(receivedAnswer(message.found));
        break;
      case 'failure':
        calls.get(message.id)?.reject(receivedError(message.error));
        break;
      case 'damage':
        onDamage();
        break;
      case 'log':
        logger[message.level](message.fields, message.message);
        break;
      case 'closed':
        break;
    }
  }

  private async send(life: Life, call: IndexCall, request: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const id = this.nextCall++;
    const post = (message: ToThread): void => life.worker.postMessage(message);
    let onAbort: (() => void) | null = null;
    // While somebody waits, the process must not end.
    life.worker.ref();
    try {
      return await new Promise<unknown>((resolve, reject) => {
        life.calls.set(id, { resolve, reject });
        if (signal !== undefined) {
          onAbort = () => {
            post({ kind: 'cancel', id });
            reject(signal.reason instanceof Error ? signal.reason : new Error('The search was cancelled.'));
          };
          signal.addEventListener('abort', onAbort);
        }
        post({ kind: 'call', id, call, request });
      });
    } finally {
      if (onAbort !== null) signal?.removeEventListener('abort', onAbort);
      life.calls.delete(id);
      if (life.calls.size === 0) life.worker.unref();
    }
  }

  private endWhenIdle(): void {
    const { idleAfter } = this.options;
    if (this.inUse > 0 || idleAfter === 0 || this.life === null || this.isRebuilding || this.isClosed) return;
    this.idleTimer = setTimeout(() => void this.sleep(), idleAfter).unref();
  }

  private async sleep(): Promise<void> {
    if (this.life === null || this.inUse > 0) return;
    try {
      this.lastStatus = (await this.send(this.life, 'status', {}, undefined)) as IndexStatus;
      if (this.inUse === 0) this.end();
    } catch (error) {
      this.options.logger.warn({ error }, 'the thread of the search index could not be ended');
    }
  }

  private end(): void {
    const { life } = this;
    if (life === null) return;
    this.life = null;
    life.worker.ref();
    life.worker.postMessage({ kind: 'close' } satisfies ToThread);
    this.ending = life.closed.catch((error: unknown) => {
      this.options.logger.warn({ error }, 'the search index did not close cleanly');
    });
  }
}

function ended(): FaultlineError {
  return new FaultlineError('Unavailable', 'SEARCH_THREAD_ENDED', 'The search index stopped while it was asked.', {
    hint: 'Ask again: it starts anew, and nothing that it acknowledged is lost.',
  });
}
