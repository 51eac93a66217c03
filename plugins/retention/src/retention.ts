import type {
  Bytes,
  Clock,
  ContributionList,
  CrashEraser,
  CrashId,
  CrashSink,
  KindUsage,
  Logger,
  Product,
  StateStore,
  StorageUpkeep,
  StoredKind,
} from '@faultline/sdk';
import { token } from '@faultline/sdk';
import type { RetentionConfig } from './config.js';
import { planPurge, type ProductShare, type PurgeStep } from './purge-plan.js';
import { retentionRules } from './retention-rules.js';

/** What a purge did; kept in the history of its job. */
export interface PurgeReceipt {
  isDryRun: boolean;
  /** Set when the clock had jumped and nothing was done: days it is ahead of the last look. */
  clockAhead: number | null;
  crashes: number;
  /** On disk; of a dry run, what it would free. */
  freed: Bytes;
  steps: PurgeStep[];
}

export interface Retention {
  usage(): Promise<KindUsage[]>;
  /** What the next purge would take away. */
  plan(): Promise<PurgeStep[]>;
  /**
   * @param options.isByHand somebody looked at the plan: a clock that jumped is no reason to wait
   */
  purge(options: {
    isDryRun: boolean;
    isByHand: boolean;
    signal: AbortSignal;
    progress?(done: number, total: number, stage: string): void;
    pausePoint?(): Promise<void>;
  }): Promise<PurgeReceipt>;
}
export const Retention = token<Retention>('retention.retention');

/** A sink that had read a crash before it was purged has handed it on by then. */
const deliveryPatience = 1000;

/** Further ahead of its last look than this, the clock is not believed before the look after. */
const believedJump = 7;

interface Surroundings {
  config: RetentionConfig;
  upkeep: StorageUpkeep;
  state: StateStore;
  sinks: ContributionList<CrashSink>;
  erasers: ContributionList<CrashEraser>;
  /** Declared products; empty where nobody keeps them. */
  products(): Promise<readonly Product[]>;
  clock: Clock;
  logger: Logger;
}

/** Lets go what is older than it may be, and what does not fit. */
export class StoreRetention implements Retention {
  constructor(private readonly around: Surroundings) {}

  usage(): Promise<KindUsage[]> {
    return this.around.upkeep.usage();
  }

  async plan(): Promise<PurgeStep[]> {
    const { config, upkeep, state, products } = this.around;
    const shares = new Map<string, Promise<ProductShare[]>>();
    return planPurge({
      usage: await upkeep.usage(),
      rules: retentionRules(config, await products()),
      today: this.today(),
      maxBytes: config.maxBytes,
      sharesOf: (day) => {
        const known = shares.get(day) ?? this.sharesOf(day);
        shares.set(day, known);
        return known;
      },
      goneFrom: async (day, kind) => (await state.get<string[]>(goneKey(day, kind)))?.value ?? [],
    });
  }

  async purge(options: Parameters<Retention['purge']>[0]): Promise<PurgeReceipt> {
    const { signal, isDryRun } = options;
    const receipt: PurgeReceipt = { isDryRun, clockAhead: null, crashes: 0, freed: 0, steps: [] };
    if (!isDryRun) receipt.clockAhead = await this.clockAhead(options.isByHand);
    if (receipt.clockAhead !== null) return receipt;
    const steps = await this.plan();
    const purged: CrashId[] = [];
    for (const [index, step] of steps.entries()) {
      signal.throwIfAborted();
      await options.pausePoint?.();
      options.progress?.(index, steps.length, `${step.kind} of ${step.day}`);
      const done = isDryRun ? { crashes: 0, freed: step.bytes } : await this.take(step, purged, signal);
      receipt.steps.push({ ...step, bytes: done.freed });
      receipt.crashes += done.crashes;
      receipt.freed += done.freed;
    }
    if (purged.length > 0) {
      await this.around.clock.sleep(deliveryPatience, signal);
      await this.clearSinks(purged, signal);
    }
    options.progress?.(steps.length, steps.length, '');
    return receipt;
  }

  /**
   * The index first: cut off in between, the next look finds the day still there and does it again.
   * @param purged gets the crashes that are gone: what another process had in hand may reach the index after all
   */
  private async take(
    { day, kind, products }: PurgeStep,
    purged: CrashId[],
    signal: AbortSignal,
  ): Promise<{ crashes: number; freed: Bytes }> {
    const { upkeep, state, erasers } = this.around;
    const isWhole = products === null;
    const crashIds = kind === 'reports' || !isWhole ? await this.idsOf(day, products) : [];
    if (kind === 'reports') {
      await this.clearSinks(crashIds, signal);
      for (const { value: eraser } of erasers.all()) await eraser.erase(crashIds, signal);
    }
    if (kind === 'reports') for (const id of await this.idsOf(day, products)) purged.push(id);
    const outcome = await upkeep.purge({ day, kind, ...(isWhole ? {} : { crashIds: new Set(crashIds) }) }, signal);
    if (isWhole) {
      await state.delete(goneKey(day, kind));
    } else {
      const gone = (await state.get<string[]>(goneKey(day, kind)))?.value ?? [];
      await state.set(goneKey(day, kind), [...new Set([...gone, ...products])].sort());
    }
    return outcome;
  }

  private async clearSinks(crashIds: CrashId[], signal: AbortSignal): Promise<void> {
    for (const { value: sink } of this.around.sinks.all()) await sink.remove?.(crashIds, signal);
  }

  private async idsOf(day: string, products: readonly string[] | null): Promise<CrashId[]> {
    const ids: CrashId[] = [];
    for await (const { crashId, product } of this.around.upkeep.crashes(day)) {
      if (products === null || products.includes(product)) ids.push(crashId);
    }
    return ids;
  }

  private async sharesOf(day: string): Promise<ProductShare[]> {
    const bytes = new Map<string, Bytes>();
    for await (const { product, partBytes } of this.around.upkeep.crashes(day)) {
      bytes.set(product, (bytes.get(product) ?? 0) + partBytes);
    }
    return [...bytes].map(([product, partBytes]) => ({ product, partBytes }));
  }

  /**
   * Days that the clock is ahead of the last look, when that is too much to believe at once; else null. A machine
   * whose date is set years ahead for a minute would otherwise lose everything in that minute: a day later the date
   * must still stand.
   */
  private async clockAhead(isByHand: boolean): Promise<number | null> {
    const { state, logger } = this.around;
    const today = this.today();
    const last = await state.get<{ day: string }>(['retention', 'last-look']);
    await state.set(['retention', 'last-look'], { day: today });
    const days = last === null ? 0 : Math.round((Date.parse(today) - Date.parse(last.value.day)) / 86_400_000);
    if (isByHand || days <= believedJump) return null;
    logger.warn({ days }, 'The date is far ahead of the last look: nothing is purged before the next one');
    return days;
  }

  private today(): string {
    return new Date(this.around.clock.now()).toISOString().slice(0, 10);
  }
}

function goneKey(day: string, kind: StoredKind) {
  return ['retention', 'gone', day, kind] as const;
}
