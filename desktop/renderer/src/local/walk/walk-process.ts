import { asFaultlineError } from '@faultline/sdk/errors';
import { failureOf, Questions } from './questions.js';
import type {
  Failure,
  PageQuestions,
  SymbolNote,
  ToPage,
  ToWorker,
  WalkOrder,
  WalkProgress,
  WorkerQuestions,
} from './walk-messages.js';
import type { WorkerPool } from './worker-pool.js';

/** A walk that says nothing for this long hangs: it tells of its progress many times a second. */
const longestSilence = 20_000;
/** A walk that was asked to stop gets this long before its worker is ended. */
const graceAfterStop = 1000;

export interface WalkHandlers {
  onProgress(progress: WalkProgress): void;
  onFrames(json: unknown): void;
  /** What the worker asks for: symbols, downloads, files behind the bridge. */
  answer(name: keyof WorkerQuestions, ask: unknown): Promise<unknown>;
}

export type WalkEnd =
  | { kind: 'done'; json: string; notes: SymbolNote[] }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'stopped' }
  /** The worker hung or died, and is ended. */
  | { kind: 'lost'; failure: Failure };

/** The worker of one dump, watched: one that hangs or dies costs this walk and nothing else. */
export class WalkProcess {
  private worker: Worker | null = null;
  private listening = new AbortController();
  private finish: ((end: WalkEnd) => void) | null = null;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private isStopping = false;
  /** A walk waits for a worker: all of them may be busy, or still loading. */
  private isWaiting = false;
  private readonly questions = new Questions<PageQuestions>((message) => this.worker?.postMessage(message));

  constructor(
    private readonly pool: WorkerPool,
    private readonly handlers: WalkHandlers,
    private readonly silence: number = longestSilence,
  ) {}

  /** Whether it is kept only to be asked about memory. */
  get isIdle(): boolean {
    return this.worker !== null && this.finish === null;
  }

  async walk(order: WalkOrder): Promise<WalkEnd> {
    this.isStopping = false;
    this.isWaiting = true;
    try {
      this.worker ??= this.listen(await this.pool.take());
    } catch (error) {
      return { kind: 'failed', failure: failureOf(asFaultlineError(error)) };
    } finally {
      this.isWaiting = false;
    }
    if (this.hasStopped()) {
      this.giveBack();
      return { kind: 'stopped' };
    }
    return new Promise((resolve) => {
      this.finish = resolve;
      this.post({ kind: 'walk', order });
      this.watchAgain();
    });
  }

  /** Ends the walk that is going on; its promise says `stopped`. */
  stop(): void {
    if (this.finish === null && !this.isWaiting) return;
    this.isStopping = true;
    if (this.finish === null) return;
    this.post({ kind: 'stop' });
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.kill({ kind: 'stopped' }), graceAfterStop);
  }

  ask<Name extends keyof PageQuestions>(
    name: Name,
    ask: PageQuestions[Name]['ask'],
  ): Promise<PageQuestions[Name]['answer']> {
    return this.questions.ask(name, ask);
  }

  /** Gives the worker back; one in the middle of a walk is ended. */
  close(): void {
    if (this.isWaiting) this.isStopping = true;
    else if (this.finish !== null) this.kill({ kind: 'stopped' });
    else this.giveBack();
  }

  private giveBack(): void {
    const { worker } = this;
    this.leave();
    if (worker !== null) this.pool.giveBack(worker);
  }

  /** Asked anew after each wait: somebody may have stopped it meanwhile. */
  private hasStopped(): boolean {
    return this.isStopping;
  }

  private listen(worker: Worker): Worker {
    this.listening = new AbortController();
    const { signal } = this.listening;
    worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => this.receive(data), { signal });
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        const message = event.message === '' ? 'The worker ended without a word.' : event.message;
        this.kill({ kind: 'lost', failure: { code: 'WALKER_DIED', message, hint: '' } });
      },
      { signal },
    );
    return worker;
  }

  private receive(message: ToPage): void {
    switch (message.kind) {
      case 'progress':
        this.watchAgain();
        return this.handlers.onProgress(message.progress);
      case 'frames':
        this.watchAgain();
        return this.handlers.onFrames(message.json);
      case 'done':
        return this.settle(message);
      case 'failed':
        return this.settle(message.isStopped ? { kind: 'stopped' } : { kind: 'failed', failure: message.failure });
      case 'ask': {
        // While it waits for us, silence is no fault of the worker's.
        clearTimeout(this.watch);
        const work = this.handlers.answer(message.name, message.ask).finally(() => this.watchAgain());
        return this.questions.reply(message.id, work);
      }
      case 'answer':
        return this.questions.take(message);
      default:
        return;
    }
  }

  private watchAgain(): void {
    if (this.finish === null || this.isStopping) return;
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      const message = `The walk said nothing for ${Math.round(this.silence / 1000)} seconds.`;
      this.kill({ kind: 'lost', failure: { code: 'WALK_HUNG', message, hint: '' } });
    }, this.silence);
  }

  private settle(end: WalkEnd): void {
    clearTimeout(this.watch);
    const { finish } = this;
    this.finish = null;
    finish?.(end);
  }

  private kill(end: WalkEnd): void {
    const { worker } = this;
    this.leave();
    if (worker !== null) this.pool.discard(worker);
    this.settle(end);
  }

  private leave(): void {
    this.listening.abort();
    this.worker = null;
    this.questions.end();
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }
}
