import { token } from '@faultline/sdk';
import type {
  AuditLog,
  Bytes,
  Clock,
  ContributionList,
  CrashEraser,
  CrashId,
  CrashSink,
  SearchEngine,
  StorageUpkeep,
} from '@faultline/sdk';

/** What was done, in numbers; kept in the history of the job. */
export interface ErasureReceipt {
  /** Ids that were asked for. */
  asked: number;
  /** Of those, how many were stored. */
  crashes: number;
  /** On disk, by the store alone. */
  freed: Bytes;
  /** Every place that was asked, by its title; records where it counts them. */
  places: { place: string; records: number | null }[];
}

export interface Erasing {
  /** Resolves when no place holds anything of them. Idempotent: a run that was cut off is begun again. */
  erase(
    crashIds: readonly CrashId[],
    options: { actor: string; signal: AbortSignal; progress(done: number, total: number, stage: string): void },
  ): Promise<ErasureReceipt>;
}
export const Erasing = token<Erasing>('erasing.erasing');

interface Surroundings {
  store: StorageUpkeep['erase'];
  scrub: StorageUpkeep['scrubState'];
  index: SearchEngine['remove'];
  sinks: Pick<ContributionList<CrashSink>, 'all'>;
  erasers: Pick<ContributionList<CrashEraser>, 'all'>;
  /** Others in this process and elsewhere. */
  tell(crashId: CrashId): void;
  audit: AuditLog['record'];
  clock: Pick<Clock, 'sleep'>;
}

/** A sink that had read a crash before it was erased has handed it on by then. */
const deliveryPatience = 1000;

/**
 * Asks every place that holds something of a crash. The store comes first: once it has buried the ids, nothing can
 * write them again. Sinks are asked a second time at the end, for a delivery may have been under way; last of all the
 * state is scrubbed of what everybody deleted there.
 */
export class EveryPlaceErasing implements Erasing {
  constructor(private readonly around: Surroundings) {}

  async erase(
    crashIds: readonly CrashId[],
    options: { actor: string; signal: AbortSignal; progress(done: number, total: number, stage: string): void },
  ): Promise<ErasureReceipt> {
    const { store, scrub, sinks, erasers, audit, tell, clock } = this.around;
    const { signal, progress, actor } = options;
    const steps = 2 + erasers.all().length;
    const total = crashIds.length * steps;
    for (const { value: eraser } of erasers.all()) await eraser.prepare?.(crashIds, signal);
    const { crashes, freed } = await store(crashIds, {
      signal,
      progress: (done) => progress(done, total, 'reports and dumps'),
    });
    const places: ErasureReceipt['places'] = [{ place: 'reports and dumps', records: crashes }];
    let done = crashIds.length;
    await this.around.index([...crashIds]);
    for (const { value: eraser } of erasers.all()) {
      signal.throwIfAborted();
      const { records } = await eraser.erase(crashIds, signal);
      places.push({ place: eraser.title, records });
      done += crashIds.length;
      progress(done, total, eraser.title);
    }
    await this.clearSinks(crashIds, signal);
    await clock.sleep(deliveryPatience, signal);
    await this.clearSinks(crashIds, signal);
    places.push({ place: 'Search', records: null });
    for (const { value } of sinks.all()) {
      if (value.remove !== undefined) places.push({ place: value.title, records: null });
    }
    for (const crashId of crashIds) tell(crashId);
    const receipt: ErasureReceipt = { asked: crashIds.length, crashes, freed, places };
    await audit({
      actor,
      actorName: actor,
      action: 'crash.erase',
      target: '',
      details: { asked: receipt.asked, crashes, freed },
    });
    progress(total - 1, total, 'shared state');
    await scrub(signal);
    progress(total, total, '');
    return receipt;
  }

  private async clearSinks(crashIds: readonly CrashId[], signal: AbortSignal): Promise<void> {
    const ids = [...crashIds];
    await this.around.index(ids);
    for (const { value } of this.around.sinks.all()) {
      signal.throwIfAborted();
      await value.remove?.(ids, signal);
    }
  }
}
