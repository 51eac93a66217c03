/** Reads every report and every part, and says what is not as it was stored; with `repair`, mends what can be mended. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type {
  Bytes,
  Clock,
  CrashId,
  CrashStorage,
  Logger,
  PartSummary,
  PendingMark,
  StorageCheck,
  StorageFinding,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import { dayOfFolder } from './data-layout.js';
import type { DataLayout } from './data-layout.js';
import type { DayEnvironments } from './day-environments.js';
import type { Environment } from './environment.js';
import type { OpenDays } from './open-days.js';
import { removeMark } from './pending-rows.js';
import { quarantine, quarantineCrash } from './quarantine.js';
import type { StateTables } from './state-tables.js';

export interface CheckSurroundings {
  layout: DataLayout;
  environments: DayEnvironments;
  openDays: OpenDays;
  state: Environment<StateTables>;
  crashes: Pick<CrashStorage, 'openPart' | 'setPending'>;
  clock: Clock;
  logger: Logger;
}

interface CheckOptions {
  repair: boolean;
  signal: AbortSignal;
  progress?(done: number, total: number, stage: string): void;
}

/** Ids are gathered in batches, crashes read one by one: a damaged record must not hide the others. */
const idBatch = 1000;
const readLength: Bytes = 4 * 1024 * 1024;

export async function checkStore(around: CheckSurroundings, options: CheckOptions): Promise<StorageCheck> {
  const folders = (await readdir(around.layout.crashes)).filter((name) => dayOfFolder(name) !== null).sort();
  const check: StorageCheck = { days: 0, crashes: 0, parts: 0, bytes: 0, findings: [] };
  for (const [index, day] of folders.entries()) {
    options.signal.throwIfAborted();
    options.progress?.(index, folders.length, day);
    try {
      if (await new DayCheck(around, options, day, check).run()) check.days += 1;
    } catch (error) {
      options.signal.throwIfAborted();
      const { message } = asFaultlineError(error);
      check.findings.push({ code: 'FILE_UNREADABLE', day, crashId: '', message, repair: null });
    }
  }
  options.progress?.(folders.length, folders.length, '');
  return check;
}

class DayCheck {
  private arePartsPurged = false;

  constructor(
    private readonly around: CheckSurroundings,
    private readonly options: CheckOptions,
    private readonly day: string,
    private readonly check: StorageCheck,
  ) {}

  /** False when the day holds no reports. */
  async run(): Promise<boolean> {
    if (!existsSync(this.around.environments.fileOf(this.day, 'reports'))) return false;
    this.arePartsPurged = await this.around.state.read(({ purgedDays }) => purgedDays.doesExist([this.day, 'dumps']));
    let after: CrashId | undefined;
    for (;;) {
      const start = after;
      const ids = await this.around.environments.reports(this.day, (reports) =>
        reports.read(({ raw }) => [
          ...raw.getKeys({ ...(start === undefined ? {} : { start, exclusiveStart: true }), limit: idBatch }),
        ]),
      );
      for (const id of ids ?? []) await this.checkCrash(id);
      after = ids?.at(-1);
      if (after === undefined) break;
    }
    await this.checkMarks();
    return true;
  }

  private async checkCrash(id: CrashId): Promise<void> {
    this.options.signal.throwIfAborted();
    this.check.crashes += 1;
    const raw = await this.readable('raw', id);
    if (raw === 'unreadable') {
      const repair = this.options.repair ? await quarantineCrash(this.around, id) : null;
      this.report('RECORD_UNREADABLE', id, 'The raw crash can not be read.', repair);
      return;
    }
    if (raw === null) return;
    await this.checkRuns(id);
    for (const part of raw.parts) await this.checkPart(id, part);
  }

  private async checkRuns(id: CrashId): Promise<void> {
    const processed = await this.readable('processed', id);
    const mark = await this.readable('pending', id);
    const hasRun = await this.around.environments.reports(this.day, (reports) =>
      reports.read(({ runs }) => runs.getKeysCount({ start: [id, 0], end: [id, Infinity], limit: 1 }) > 0),
    );
    if (processed === 'unreadable') {
      const repair = this.options.repair ? await this.processAgain(id, 'processed') : null;
      this.report('RECORD_UNREADABLE', id, 'The processed crash can not be read.', repair);
    } else if (mark === 'unreadable') {
      const repair = this.options.repair ? await this.processAgain(id, 'pending') : null;
      this.report('RECORD_UNREADABLE', id, 'The mark that it is to be processed can not be read.', repair);
    } else if (mark === null && (processed === null || hasRun !== true)) {
      const repair = this.options.repair ? await this.processAgain(id, null) : null;
      this.report('MARK_MISSING', id, 'It was never processed, and nothing says that it must be.', repair);
    }
  }

  private async checkPart(id: CrashId, part: PartSummary): Promise<void> {
    this.check.parts += 1;
    const source = await this.around.crashes.openPart(id, part.name);
    if (source === null) {
      if (!this.arePartsPurged) this.report('PART_MISSING', id, `Its part ${shown(part.name)} is not there.`, null);
      return;
    }
    try {
      const hash = createHash('sha256');
      for (let offset = 0; offset < source.size; offset += readLength) {
        this.options.signal.throwIfAborted();
        hash.update(await source.read(offset, readLength));
      }
      this.check.bytes += source.size;
      if (hash.digest('hex') === part.sha256 && source.size === part.size) return;
      this.report('PART_DAMAGED', id, `Its part ${shown(part.name)} is not what was received.`, null);
    } finally {
      await source.close?.();
    }
  }

  /** Marks of crashes that are not there. */
  private async checkMarks(): Promise<void> {
    const dangling = await this.around.environments.reports(this.day, (reports) =>
      reports.read(({ pending, raw }) => [...pending.getKeys()].filter((id) => !raw.doesExist(id))),
    );
    for (const id of dangling ?? []) {
      const repair = this.options.repair ? await this.dropMark(id) : null;
      this.report('MARK_DANGLING', id, 'It is marked to be processed, and is not there.', repair);
    }
  }

  private async readable<Table extends 'raw' | 'processed' | 'pending'>(table: Table, id: CrashId) {
    try {
      return await this.around.environments.reports(this.day, (reports) =>
        reports.read((tables) => {
          // Its own type, which the union of the tables hides.
          const value = tables[table].get(id) as ReturnType<(typeof tables)[Table]['get']>;
          if (value !== undefined && typeof value !== 'object') throw new Error('not an object');
          return value ?? null;
        }),
      );
    } catch (error) {
      this.around.logger.warn({ crashId: id, table, error: String(error) }, 'A record can not be read');
      return 'unreadable';
    }
  }

  private async processAgain(id: CrashId, unreadable: 'processed' | 'pending' | null): Promise<string> {
    const kept = unreadable === null ? '' : `${await quarantine(this.around, id, unreadable)}; `;
    const { environments, clock } = this.around;
    const lastRun = await environments.reports(this.day, (reports) =>
      reports.read(({ runs }) => [...runs.getKeys({ start: [id, 0], end: [id, Infinity] })].at(-1)?.[1] ?? 0),
    );
    const mark: PendingMark = {
      crashId: id,
      run: (lastRun ?? 0) + 1,
      lane: 'reprocessing',
      ruleset: 'default',
      reason: 'reconciled',
      since: clock.now(),
      state: 'pending',
    };
    await this.around.crashes.setPending(mark);
    return `${kept}it is processed again`;
  }

  private async dropMark(id: CrashId): Promise<string> {
    await this.around.environments.reports(this.day, (reports) =>
      reports.transaction((tables) => removeMark(tables, id)),
    );
    return 'the mark is taken away';
  }

  private report(code: string, crashId: StorageFinding['crashId'], message: string, repair: string | null): void {
    this.check.findings.push({ code, day: this.day, crashId, message, repair });
  }
}

/** Part names come from outside. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
