import {
  breakpadText,
  openCrashDump,
  walkCrashDump,
  walkJsonText,
  type WalkLimits,
  type WalkResult,
} from '@faultline/minidump';
import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { memoryRows, readMemory, searchMemory } from '../memory/dump-memory.js';
import { frameWords } from '../memory/frame-words.js';
import { addressSpace, pointerMeaning, type AddressSpace } from '../memory/pointer-meaning.js';
import type { IndexedSymbols } from '../symbols/indexed-symbols.js';
import { PartialResult } from './partial-result.js';
import type { PageQuestions, ToPage, WalkOrder, WalkProgress } from './walk-messages.js';

/** Between two messages about frames: a page can't show more, and making JSON costs time. */
const framesEvery = 100;
/** The walk says that it is alive at least this often while it finds frames. */
const progressEvery = 50;

const usualLimits: WalkLimits = { totalMilliseconds: 120_000 };
const smallLimits: WalkLimits = {
  totalFrames: 2000,
  totalMilliseconds: 5000,
  unwind: { maxFrames: 128 },
  dump: { threads: 200, modules: 1000 },
};

/** One dump in this worker: walked, walked again with more symbols, and asked about. */
export class DumpWalk {
  private result: WalkResult | null = null;
  /** Of the result, once somebody asks for addresses. */
  private space: AddressSpace | null = null;
  private stopper = new AbortController();
  private progress: WalkProgress = { threadsDone: 0, threads: 0, frames: 0, indexing: null };
  private told = 0;

  constructor(
    private readonly source: RandomAccessSource,
    private readonly symbols: IndexedSymbols,
    private readonly post: (message: ToPage) => void,
  ) {}

  stop(): void {
    this.stopper.abort(new FaultlineError('Timeout', 'WALK_CANCELLED', 'The walk was stopped.'));
  }

  /** Answers with messages only: frames on the way, then the whole JSON or what went wrong. */
  async walk(order: WalkOrder): Promise<string> {
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const limits = order.isSmall ? smallLimits : usualLimits;
    const { microdumpIndex } = order;
    this.symbols.quota = order.cacheQuota;
    const dump = await openCrashDump({ source: this.source, limits, microdumpIndex, signal });
    this.tell({ threadsDone: 0, threads: dump.threads.length, frames: 0 }, true);
    const partial = await PartialResult.of(dump);
    let shownAt = -Infinity;
    const result = await walkCrashDump(dump, {
      symbols: order.hasSymbols && !order.isSmall ? this.symbols : null,
      limits,
      threads: order.isSmall ? 'crashing' : 'all',
      signal,
      onFrame: (frame, { index }) => {
        partial.add(frame, index);
        this.tell({ frames: partial.frameCount });
        const now = performance.now();
        if (now - shownAt < framesEvery) return;
        shownAt = now;
        this.post({ kind: 'frames', json: partial.json() });
      },
      onProgress: ({ threadsDone, threads }) => this.tell({ threadsDone, threads }, threadsDone === threads),
    });
    this.result = result;
    this.space = null;
    return walkJsonText(result);
  }

  /** @param isUrgent say it now, not with the next one */
  tell(change: Partial<WalkProgress>, isUrgent = false): void {
    this.progress = { ...this.progress, ...change };
    const now = performance.now();
    if (!isUrgent && now - this.told < progressEvery) return;
    this.told = now;
    this.post({ kind: 'progress', progress: this.progress });
  }

  async answer(name: keyof PageQuestions, ask: unknown): Promise<unknown> {
    const { result } = this;
    if (result === null) {
      throw new FaultlineError('Unavailable', 'DUMP_NOT_WALKED', 'This dump has not been walked.');
    }
    const space = (this.space ??= addressSpace(result));
    switch (name) {
      case 'breakpadText':
        return breakpadText(result);
      case 'memoryMap':
        return memoryRows(result);
      case 'memory':
        return readMemory(result, ask as PageQuestions['memory']['ask']);
      case 'pointer':
        return pointerMeaning(space, BigInt((ask as PageQuestions['pointer']['ask']).address));
      case 'frameWords':
        return frameWords(space, ask as PageQuestions['frameWords']['ask']);
      case 'search':
        return searchMemory(result, ask as PageQuestions['search']['ask']);
    }
  }
}
