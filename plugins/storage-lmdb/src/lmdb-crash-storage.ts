import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type {
  Bytes,
  Clock,
  CrashFate,
  CrashId,
  CrashStorage,
  JsonValue,
  PendingMark,
  ProcessedCrash,
  RandomAccessSource,
  RawCrash,
  ReportDraft,
  RunCommit,
  RunRecord,
  StorageUsage,
  StoredCrash,
  UnixMillis,
} from '@faultline/sdk';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { systemErrorCode } from '@faultline/sdk/errors';
import { dayOfFolder, partKey } from './data-layout.js';
import { idRange, lastNumber, rowsOf } from './day-tables.js';
import type { ReportTables } from './day-tables.js';
import type { Environment } from './environment.js';
import { openFileSource } from './file-source.js';
import type { Owed } from './open-days.js';
import { LmdbReportDraft } from './lmdb-report-draft.js';
import type { DraftSurroundings } from './lmdb-report-draft.js';
import { putRow } from './outbox-rows.js';
import type { PartReceiverOptions } from './part-receiver.js';
import { owedBy, putMark, removeMark } from './pending-rows.js';
import type { StateTables } from './state-tables.js';

/** Rows read in one turn by scans: other work goes on in between, and no snapshot is held over it. */
const scanBatch = 200;

interface Surroundings extends DraftSurroundings {
  state: Environment<StateTables>;
  clock: Clock;
}

/** Crash reports in one LMDB environment per day and kind; the README tells the promises. */
export class LmdbCrashStorage implements CrashStorage {
  constructor(private readonly around: Surroundings) {}

  openDraft(): ReportDraft {
    return new LmdbReportDraft(this.around);
  }

  partReceiver(): { module: string; options: JsonValue } {
    const { layout, largePart, incomingPrefix } = this.around;
    const options: PartReceiverOptions = { folder: layout.incoming, prefix: incomingPrefix, largePart };
    return { module: new URL('./part-receiver.js', import.meta.url).href, options: { ...options } };
  }

  load(id: CrashId): Promise<StoredCrash | null> {
    return this.readReport(id, (tables) => {
      const raw = tables.raw.get(id);
      if (raw === undefined) return null;
      return {
        raw,
        processed: tables.processed.get(id) ?? null,
        runs: runsOf(tables, id),
        pending: tables.pending.get(id) ?? null,
      };
    });
  }

  rawCrash(id: CrashId): Promise<RawCrash | null> {
    return this.readReport(id, (tables) => tables.raw.get(id) ?? null);
  }

  processedCrash(id: CrashId): Promise<ProcessedCrash | null> {
    return this.readReport(id, (tables) => tables.processed.get(id) ?? null);
  }

  async openPart(id: CrashId, name: string): Promise<RandomAccessSource | null> {
    const bytes = await this.smallPart(id, name);
    if (bytes !== null) return bytesSource(bytes);
    return await openFileSource(this.around.layout.large(crashIdDay(id), id, name));
  }

  async locatePart(id: CrashId, name: string): Promise<{ path: string } | { bytes: Uint8Array } | null> {
    const bytes = await this.smallPart(id, name);
    if (bytes !== null) return { bytes };
    const file = this.around.layout.large(crashIdDay(id), id, name);
    return (await sizeOf(file)) === null ? null : { path: file };
  }

  async commitRun(commit: RunCommit): Promise<'committed' | 'superseded' | 'gone'> {
    const { environments, openDays } = this.around;
    const day = crashIdDay(commit.crashId);
    const outcome = await openDays.during(day, ['outbox'], () =>
      environments.reports(day, (reports) => reports.transaction((tables) => writeRun(tables, commit))),
    );
    return outcome ?? 'gone';
  }

  async setPending(mark: PendingMark): Promise<boolean> {
    const { environments, openDays } = this.around;
    const day = crashIdDay(mark.crashId);
    const isKnown = await openDays.during(day, [owedBy(mark.state)], () =>
      environments.reports(day, (reports) =>
        reports.transaction((tables) => {
          if (!tables.raw.doesExist(mark.crashId)) return false;
          putMark(tables, mark);
          return true;
        }),
      ),
    );
    return isKnown ?? false;
  }

  async *pending(filter: { states?: PendingMark['state'][]; before?: UnixMillis } = {}): AsyncIterable<PendingMark> {
    const { openDays } = this.around;
    const states = filter.states ?? markStates;
    const listed = new Map<Owed, Set<string>>();
    for (const owed of new Set(states.map(owedBy))) listed.set(owed, new Set(await openDays.days(owed)));
    for (const day of [...new Set([...listed.values()].flatMap((days) => [...days]))].sort()) {
      for (const state of states) {
        if (listed.get(owedBy(state))?.has(day) === true) yield* this.marks(day, state, filter.before ?? Infinity);
      }
      for (const [owed, days] of listed) if (days.has(day)) await this.strikeOff(owed, day);
    }
  }

  async *scanProcessed(filter: { day?: string } = {}): AsyncIterable<ProcessedCrash> {
    for await (const { crash } of this.scanRuns(filter)) yield crash;
  }

  async *scanRuns(filter: { day?: string } = {}): AsyncIterable<{ crash: ProcessedCrash; run: number }> {
    for (const day of filter.day === undefined ? await this.days() : [filter.day]) {
      let after: CrashId | undefined;
      for (;;) {
        const start = after;
        const batch = await this.around.environments.reports(day, (reports) =>
          reports.read((tables) => processedAfter(tables, start)),
        );
        for (const { crash, run } of batch ?? []) yield { crash, run };
        if (batch === null || batch.length < scanBatch) break;
        after = batch.at(-1)?.id;
      }
    }
  }

  async days(): Promise<string[]> {
    const folders = await readdir(this.around.layout.crashes);
    return folders.filter((name) => dayOfFolder(name) !== null && this.around.environments.has(name, 'reports')).sort();
  }

  async usage(): Promise<StorageUsage[]> {
    const usage: StorageUsage[] = [];
    for (const day of await this.days()) {
      const reports = await this.around.environments.reports(day, (environment) =>
        environment.read(({ raw }) => rowsOf(raw)),
      );
      const reportBytes = (await sizeOf(this.around.environments.fileOf(day, 'reports'))) ?? 0;
      const dumpBytes = (await sizeOf(this.around.environments.fileOf(day, 'dumps'))) ?? 0;
      const largeBytes = await folderSize(this.around.layout.largeFolder(day));
      usage.push({ day, reports: reports ?? 0, reportBytes, dumpBytes: dumpBytes + largeBytes });
    }
    return usage;
  }

  async fate(id: CrashId): Promise<CrashFate> {
    const isStored = (await this.readReport(id, ({ raw }) => raw.doesExist(id))) === true;
    const day = crashIdDay(id);
    return await this.around.state.read(({ tombstones, purgedDays }) => {
      const partsExpiredAt = purgedDays.get([day, 'dumps'])?.at ?? null;
      if (isStored) return { state: 'stored', at: null, partsExpiredAt };
      const erased = tombstones.get(id);
      if (erased !== undefined) return { state: 'erased', at: erased.at, partsExpiredAt: null };
      const expired = purgedDays.get([day, 'reports']);
      if (expired !== undefined) return { state: 'expired', at: expired.at, partsExpiredAt };
      return { state: 'unknown', at: null, partsExpiredAt: null };
    });
  }

  /** Writes and syncs a probe in the state and, when there is one already, in today's file. */
  async checkHealth(): Promise<void> {
    const { state, environments, clock } = this.around;
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    await Promise.all([state.probe(), environments.reports(today, (reports) => reports.probe())]);
  }

  private readReport<T>(id: CrashId, read: (tables: ReportTables) => T | null): Promise<T | null> {
    return this.around.environments.reports(crashIdDay(id), (reports) => reports.read(read));
  }

  private async smallPart(id: CrashId, name: string): Promise<Uint8Array | null> {
    const bytes = await this.around.environments.dumps(crashIdDay(id), (dumps) =>
      dumps.read(({ parts }) => parts.getBinary(`${id}/${partKey(name)}`) ?? null),
    );
    if (bytes === null) return null;
    // A part without its raw crash was never answered: it is not there.
    return (await this.rawCrash(id)) === null ? null : bytes;
  }

  private async *marks(day: string, state: PendingMark['state'], before: UnixMillis): AsyncIterable<PendingMark> {
    let after: MarkKey | undefined;
    for (;;) {
      const start = after;
      const batch = await this.around.environments.reports(day, (reports) =>
        reports.read((tables) => marksAfter(tables, state, start)),
      );
      for (const mark of batch ?? []) {
        if (mark.since >= before) return;
        yield mark;
      }
      const last = batch?.at(-1);
      if (batch === null || last === undefined || batch.length < scanBatch) return;
      after = [state, last.since, last.crashId];
    }
  }

  /** Takes a day without such marks off its list, so that it need not be opened again. */
  private async strikeOff(owed: Owed, day: string): Promise<void> {
    const isEmpty = () => this.hasNoMark(day, owed);
    if (await isEmpty()) await this.around.openDays.strikeOff(owed, day, isEmpty);
  }

  private async hasNoMark(day: string, owed: Owed): Promise<boolean> {
    const states = markStates.filter((state) => owedBy(state) === owed);
    const first = await this.around.environments.reports(day, (reports) =>
      reports.read(({ pendingByAge }) =>
        states.flatMap((state) => [
          ...pendingByAge.getKeys({ start: firstMark(state), end: lastMark(state), limit: 1 }),
        ]),
      ),
    );
    return (first ?? []).length === 0;
  }
}

type MarkKey = [PendingMark['state'], UnixMillis, CrashId];

const markStates: readonly PendingMark['state'][] = ['pending', 'deferred', 'dead'];
const firstMark = (state: PendingMark['state']): MarkKey => [state, 0, idRange.first];
const lastMark = (state: PendingMark['state']): MarkKey => [state, lastNumber, idRange.last];

function writeRun(tables: ReportTables, commit: RunCommit): 'committed' | 'superseded' | 'gone' {
  const { crashId, run, expectedRun, processed, record, sinks } = commit;
  if (!tables.raw.doesExist(crashId)) return 'gone';
  if ((runsOf(tables, crashId).at(-1)?.run ?? 0) !== expectedRun) return 'superseded';
  if (processed !== null) void tables.processed.put(crashId, processed);
  void tables.runs.put([crashId, run], record);
  const mark = tables.pending.get(crashId);
  if (mark !== undefined && mark.run <= run) removeMark(tables, crashId);
  const since = Date.parse(record.completed);
  for (const sink of sinks) putRow(tables, { sink, crashId, run, attempts: 0, due: since, since });
  return 'committed';
}

function runsOf({ runs }: ReportTables, id: CrashId): RunRecord[] {
  return [...runs.getRange({ start: [id, 0], end: [id, lastNumber] })].map(({ value }) => value);
}

function processedAfter(
  tables: ReportTables,
  after: CrashId | undefined,
): { id: CrashId; crash: ProcessedCrash; run: number }[] {
  const start = after === undefined ? {} : { start: after, exclusiveStart: true };
  return [...tables.processed.getRange({ ...start, limit: scanBatch })].map(({ key, value }) => ({
    id: key,
    crash: value,
    run: lastRunOf(tables, key),
  }));
}

/** Number of the last run; 0 for none. */
function lastRunOf({ runs }: ReportTables, id: CrashId): number {
  const [last] = runs.getKeys({ start: [id, lastNumber], end: [id, 0], reverse: true, limit: 1 });
  return last?.[1] ?? 0;
}

function marksAfter(tables: ReportTables, state: PendingMark['state'], after: MarkKey | undefined): PendingMark[] {
  const start = after === undefined ? { start: firstMark(state) } : { start: after, exclusiveStart: true };
  const keys = tables.pendingByAge.getKeys({ ...start, end: lastMark(state), limit: scanBatch });
  return [...keys].flatMap(([, , id]) => tables.pending.get(id) ?? []);
}

async function sizeOf(file: string): Promise<Bytes | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    // Not there: most days have no large part, some no dump at all.
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function folderSize(folder: string): Promise<Bytes> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
  let total = 0;
  for (const name of names) total += (await sizeOf(path.join(folder, name))) ?? 0;
  return total;
}
