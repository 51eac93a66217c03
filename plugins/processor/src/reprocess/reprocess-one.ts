/** One crash of a reprocess: tried, or asked for and waited for. */
import { subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  CrashEvent,
  CrashId,
  CrashProcessing,
  CrashStorage,
  Disposer,
  Milliseconds,
} from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import type { ReprocessParams } from './reprocess-params.js';
import type { WantedCrash } from './wanted-crashes.js';

/** Events may be lost: the store is asked, too. */
const askStore: Milliseconds = 5000;

/** The signatures of before and after; `failed` when it can't be tried or was given up. */
export type Outcome = { from: string; to: string } | 'unknown' | 'failed';

export interface ReprocessServices {
  storage: Pick<CrashStorage, 'load'>;
  processing: CrashProcessing;
  bus: Pick<Bus, 'on'>;
  clock: Clock;
}

/** Runs it without writing anything. Rejects when aborted, or when there is no processor. */
export async function tryOne(
  { processing }: ReprocessServices,
  { id }: WantedCrash,
  ruleset: string,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { signatureBefore, signature } = await processing.dryRun(id, { ruleset }, signal);
    return { from: signatureBefore ?? '', to: signature };
  } catch (error) {
    signal.throwIfAborted();
    if (!isFaultlineError(error) || error.code === 'PROCESSOR_MISSING') throw error;
    return error.code === 'CRASH_UNKNOWN' ? 'unknown' : 'failed';
  }
}

/** Hears of crashes that left the queue. */
export class Processed {
  private readonly waiting = new Map<CrashId, (signature: string | null) => void>();
  private readonly stops: Disposer[];

  constructor(private readonly services: ReprocessServices) {
    const { bus } = services;
    this.stops = [
      bus.on<CrashEvent>(subjects.crashProcessed, ({ crashId, signature }) => this.waiting.get(crashId)?.(signature)),
      bus.on<{ crashId: CrashId }>(subjects.crashDead, ({ crashId }) => this.waiting.get(crashId)?.(null)),
    ];
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** Asks for a run and waits until it is written or given up. Rejects when aborted: what was asked for goes on. */
  async processOne(
    { id, signature }: WantedCrash,
    ruleset: string,
    signal: AbortSignal,
    reason: ReprocessParams['reason'] = 'reprocess',
  ): Promise<Outcome> {
    const { storage, processing } = this.services;
    const before = signature ?? (await storage.load(id))?.processed?.signature ?? '';
    const settled = new AbortController();
    const stop = () => settled.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const heard = new Promise<string | null>((resolve) => this.waiting.set(id, resolve));
    try {
      const { run } = await processing.reprocess(id, { ruleset, lane: 'reprocessing', reason });
      const after = await Promise.race([heard, this.seen(id, run, settled.signal)]);
      return after === null ? 'failed' : { from: before, to: after };
    } catch (error) {
      signal.throwIfAborted();
      if (isFaultlineError(error) && error.code === 'CRASH_UNKNOWN') return 'unknown';
      throw error;
    } finally {
      this.waiting.delete(id);
      signal.removeEventListener('abort', stop);
      settled.abort();
    }
  }

  /** The signature of the run, or null when the crash was erased or given up. Rejects when aborted. */
  private async seen(id: CrashId, run: number, signal: AbortSignal): Promise<string | null> {
    const { storage, clock } = this.services;
    for (;;) {
      await clock.sleep(askStore, signal);
      const stored = await storage.load(id);
      const last = stored?.runs.at(-1);
      if (stored === null || stored.pending?.state === 'dead') return null;
      if (last !== undefined && last.run >= run) return last.signature;
    }
  }
}
