import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type {
  Bytes,
  CrashId,
  KindUsage,
  Milliseconds,
  RemovalOutcome,
  StorageCheck,
  StorageCopy,
  StorageUpkeep,
  StoredCrashSize,
  StoredKind,
} from '@faultline/sdk';
import { storedKinds } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { isFaultlineError } from '@faultline/sdk/errors';
import { dayOfFolder } from './data-layout.js';
import { removeFromDay, sizeOnDisk } from './day-removal.js';
import type { Removal, RemovalSurroundings } from './day-removal.js';
import { rowsOf } from './day-tables.js';
import type { Environment } from './environment.js';
import { clearQuarantine } from './quarantine.js';
import { copyStore } from './store-copy.js';
import { checkStore } from './store-check.js';
import type { CheckSurroundings } from './store-check.js';
import type { StateGate } from './state-gate.js';
import { rewriteState } from './state-rewrite.js';
import type { StateTables } from './state-tables.js';

const scanBatch = 500;
/** A day of many gigabytes takes minutes to write anew. */
const turnInterval: Milliseconds = 500;
const turnAttempts = 600;

export type UpkeepSurroundings = RemovalSurroundings &
  CheckSurroundings & { state: Environment<StateTables>; stateGate: StateGate };

/** Usage, retention, erasing, copies and checks of the days' files. */
export class LmdbStorageUpkeep implements StorageUpkeep {
  constructor(private readonly around: UpkeepSurroundings) {}

  async usage(): Promise<KindUsage[]> {
    const purged = await this.around.state.read(
      ({ purgedDays }) => new Map([...purgedDays.getRange({})].map(({ key, value }) => [key.join('/'), value.at])),
    );
    const folders = (await readdir(this.around.layout.crashes)).filter((name) => dayOfFolder(name) !== null);
    const days = new Set([...folders, ...[...purged.keys()].map((key) => key.slice(0, 10))]);
    const usage: KindUsage[] = [];
    for (const day of [...days].sort()) {
      for (const kind of storedKinds) {
        const bytes = await this.sizeOf(day, kind);
        const purgedAt = purged.get(`${day}/${kind}`) ?? null;
        if (bytes > 0 || purgedAt !== null) usage.push({ day, kind, bytes, purgedAt });
      }
    }
    return usage;
  }

  async *crashes(day: string): AsyncIterable<StoredCrashSize> {
    let after: CrashId | undefined;
    for (;;) {
      const start = after;
      const batch = await this.around.environments.reports(day, (reports) =>
        reports.read(({ raw }) => [
          ...raw.getRange({ ...(start === undefined ? {} : { start, exclusiveStart: true }), limit: scanBatch }),
        ]),
      );
      for (const { value } of batch ?? []) {
        const partBytes = value.parts.reduce((sum, { size }) => sum + size, 0);
        yield { crashId: value.crashId, product: value.metadata.identity.product, partBytes };
      }
      after = batch?.at(-1)?.key;
      if (after === undefined) return;
    }
  }

  async purge(
    { day, kind, crashIds }: { day: string; kind: StoredKind; crashIds?: ReadonlySet<CrashId> },
    signal: AbortSignal,
  ): Promise<RemovalOutcome> {
    signal.throwIfAborted();
    if (crashIds?.size === 0) return { crashes: 0, freed: 0 };
    const crashes = await this.countReports(day, crashIds);
    let freed = 0;
    // Without its report nobody could tell whose a dump is. Dumps first: cut off in between, a report without its
    // dumps is purged by the next call, a dump without its report would be an orphan.
    for (const each of kind === 'reports' ? (['dumps', 'reports'] as const) : (['dumps'] as const)) {
      if ((await this.sizeOf(day, each)) === 0) continue;
      freed += await this.remove({ day, kind: each, crashIds, isPurge: true }, signal);
    }
    return { crashes, freed };
  }

  async erase(
    crashIds: readonly CrashId[],
    { signal, progress }: { signal: AbortSignal; progress?(done: number, total: number): void },
  ): Promise<RemovalOutcome> {
    await this.bury(crashIds);
    await clearQuarantine(this.around.layout, crashIds);
    const outcome: RemovalOutcome = { crashes: 0, freed: 0 };
    let done = 0;
    for (const [day, ofDay] of byDay(crashIds)) {
      signal.throwIfAborted();
      outcome.crashes += await this.countReports(day, ofDay);
      outcome.freed += await this.eraseFromDay(day, ofDay, signal);
      done += ofDay.size;
      progress?.(done, crashIds.length);
    }
    return outcome;
  }

  async scrubState(signal: AbortSignal): Promise<void> {
    await rewriteState(this.around, signal);
  }

  copyTo(folder: string, options: Parameters<StorageUpkeep['copyTo']>[1]): Promise<StorageCopy> {
    return copyStore(this.around, folder, options);
  }

  check(options: {
    repair: boolean;
    signal: AbortSignal;
    progress?(done: number, total: number, stage: string): void;
  }): Promise<StorageCheck> {
    return checkStore(this.around, options);
  }

  /** Before anything is removed: from here on none of them can come back. */
  private async bury(crashIds: readonly CrashId[]): Promise<void> {
    const { state, clock } = this.around;
    await state.transaction(({ tombstones }) => {
      for (const id of crashIds) if (!tombstones.doesExist(id)) void tombstones.put(id, { at: clock.now() });
    });
  }

  private async eraseFromDay(day: string, crashIds: ReadonlySet<CrashId>, signal: AbortSignal): Promise<Bytes> {
    const { environments } = this.around;
    const isInReports = await environments.reports(day, (reports) =>
      reports.read(({ raw, processed, runs, pending }) =>
        [...crashIds].some(
          (id) =>
            raw.doesExist(id) ||
            processed.doesExist(id) ||
            pending.doesExist(id) ||
            runs.getKeysCount({ start: [id, 0], end: [id, Infinity], limit: 1 }) > 0,
        ),
      ),
    );
    const isInDumps = await environments.dumps(day, (dumps) =>
      dumps.read(({ parts }) =>
        [...crashIds].some((id) => parts.getKeysCount({ start: `${id}/`, end: `${id}0`, limit: 1 }) > 0),
      ),
    );
    const hasLarge = await this.hasLargePart(day, crashIds);
    let freed = 0;
    if (isInReports === true) freed += await this.eraseKind(day, 'reports', crashIds, signal);
    if (isInDumps === true || hasLarge) freed += await this.eraseKind(day, 'dumps', crashIds, signal);
    return freed;
  }

  private eraseKind(
    day: string,
    kind: StoredKind,
    crashIds: ReadonlySet<CrashId>,
    signal: AbortSignal,
  ): Promise<Bytes> {
    return this.remove({ day, kind, crashIds, isPurge: false }, signal);
  }

  /** Waits for its turn while another job, or another process, is at the same day. */
  private async remove(removal: Removal, signal: AbortSignal): Promise<Bytes> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await removeFromDay(this.around, removal, signal);
      } catch (error) {
        if (!isFaultlineError(error) || error.code !== 'STORAGE_DAY_BUSY' || attempt === turnAttempts) throw error;
        await this.around.clock.sleep(turnInterval, signal);
      }
    }
  }

  private async hasLargePart(day: string, crashIds: ReadonlySet<CrashId>): Promise<boolean> {
    const folder = this.around.layout.largeFolder(day);
    return existsSync(folder) && (await readdir(folder)).some((name) => crashIds.has(name.slice(0, 36)));
  }

  private async countReports(day: string, crashIds: ReadonlySet<CrashId> | undefined): Promise<number> {
    const count = await this.around.environments.reports(day, (reports) =>
      reports.read(({ raw }) =>
        crashIds === undefined ? rowsOf(raw) : [...crashIds].filter((id) => raw.doesExist(id)).length,
      ),
    );
    return count ?? 0;
  }

  private async sizeOf(day: string, kind: StoredKind): Promise<Bytes> {
    const { environments, layout } = this.around;
    let size = await sizeOnDisk(environments.fileOf(day, kind));
    const large = layout.largeFolder(day);
    if (kind === 'reports' || !existsSync(large)) return size;
    for (const name of await readdir(large)) size += await sizeOnDisk(path.join(large, name));
    return size;
  }
}

function byDay(crashIds: readonly CrashId[]): Map<string, Set<CrashId>> {
  const days = new Map<string, Set<CrashId>>();
  for (const id of crashIds) {
    const day = crashIdDay(id);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, new Set([id]));
    else ofDay.add(id);
  }
  return days;
}
