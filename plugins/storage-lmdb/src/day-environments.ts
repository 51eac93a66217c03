/**
 * Opens a day's environments when they are asked for and keeps the most recently used ones open. One that is in use
 * is never closed; one that is being closed is waited for before it is opened again.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Logger, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { openDumpTables, openReportTables } from './day-tables.js';
import type { DumpTables, ReportTables } from './day-tables.js';
import type { DataLayout, DayKind } from './data-layout.js';
import { Environment } from './environment.js';
import type { FolderSync } from './folder-sync.js';
import { storageFailure } from './storage-failure.js';

interface TablesByKind {
  reports: ReportTables;
  dumps: DumpTables;
}

type DayEnvironment = Environment<ReportTables> | Environment<DumpTables>;

interface Slot {
  day: string;
  kind: DayKind;
  environment: Promise<DayEnvironment>;
  users: number;
  lastUsed: number;
  /** Called when nobody uses it any more. */
  onIdle?: () => void;
}

/** Whoever uses a file longer than this while it is to be vacated finds it closed under their hands. */
const vacatePatience: Milliseconds = 20_000;

export class DayEnvironments {
  private readonly slots = new Map<string, Slot>();
  private readonly closing = new Map<string, Promise<void>>();
  private uses = 0;
  private isClosed = false;

  constructor(
    private readonly options: {
      layout: DataLayout;
      folders: FolderSync;
      clock: Clock;
      logger: Logger;
      limit: number;
      /** Generation that counts now; 1 until a rewrite. */
      generation(day: string, kind: DayKind): number;
      /** Null when a file may be used in this turn; else to be asked again afterwards. */
      wait(day: string, kind: DayKind): Promise<void> | null;
    },
  ) {}

  reports<T>(day: string, use: (environment: Environment<ReportTables>) => Promise<T>): Promise<T | null> {
    return this.existing(day, 'reports', use);
  }

  dumps<T>(day: string, use: (environment: Environment<DumpTables>) => Promise<T>): Promise<T | null> {
    return this.existing(day, 'dumps', use);
  }

  /** Like `reports`, made when it is not there. */
  async makeReports<T>(day: string, use: (environment: Environment<ReportTables>) => Promise<T>): Promise<T> {
    return await this.use(day, 'reports', use);
  }

  async makeDumps<T>(day: string, use: (environment: Environment<DumpTables>) => Promise<T>): Promise<T> {
    return await this.use(day, 'dumps', use);
  }

  has(day: string, kind: DayKind): boolean {
    const file = this.fileOf(day, kind);
    return this.slots.has(file) || existsSync(file);
  }

  fileOf(day: string, kind: DayKind): string {
    return this.options.layout.environment(day, kind, this.options.generation(day, kind));
  }

  /** Waits for those who use it, and closes it. The caller lets nobody new in meanwhile. */
  async vacate(day: string, kind: DayKind): Promise<void> {
    const slots = [...this.slots].filter(([, slot]) => slot.day === day && slot.kind === kind);
    await Promise.all(
      slots.map(async ([file, slot]) => {
        await idle(slot);
        this.shut(file);
      }),
    );
    const prefix = path.join(this.options.layout.day(day), `${kind}.`);
    await Promise.all([...this.closing].filter(([file]) => file.startsWith(prefix)).map(([, closed]) => closed));
  }

  /** For status and tests. */
  get openCount(): number {
    return this.slots.size;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const file of [...this.slots.keys()]) this.shut(file);
    await Promise.all(this.closing.values());
  }

  private async existing<Kind extends DayKind, T>(
    day: string,
    kind: Kind,
    use: (environment: Environment<TablesByKind[Kind]>) => Promise<T>,
  ): Promise<T | null> {
    for (let wait = this.wait(day, kind); wait !== null; wait = this.wait(day, kind)) await wait;
    return this.has(day, kind) ? await this.use(day, kind, use) : null;
  }

  private async use<Kind extends DayKind, T>(
    day: string,
    kind: Kind,
    use: (environment: Environment<TablesByKind[Kind]>) => Promise<T>,
  ): Promise<T> {
    // No turn may lie between the last look and the count of users: `vacate` would miss this one.
    for (let wait = this.wait(day, kind); wait !== null; wait = this.wait(day, kind)) await wait;
    const file = this.fileOf(day, kind);
    let slot = this.slots.get(file);
    if (slot === undefined) {
      slot = { day, kind, environment: this.open(file, day, kind), users: 0, lastUsed: 0 };
      slot.environment.catch(() => this.slots.delete(file));
      this.slots.set(file, slot);
    }
    slot.users += 1;
    slot.lastUsed = ++this.uses;
    try {
      // A file's name tells its kind, and a slot is found by its file.
      return await use((await slot.environment) as Environment<TablesByKind[Kind]>);
    } finally {
      slot.users -= 1;
      if (slot.users === 0) slot.onIdle?.();
      this.evict();
    }
  }

  private wait(day: string, kind: DayKind): Promise<void> | null {
    return this.options.wait(day, kind);
  }

  private async open(file: string, day: string, kind: DayKind): Promise<DayEnvironment> {
    await this.closing.get(file);
    const { layout, folders, clock, logger } = this.options;
    if (this.isClosed) throw new FaultlineError('Unavailable', 'STORAGE_CLOSED', 'The store is closed.');
    const isNew = !existsSync(file);
    try {
      if (isNew) await folders.make(layout.day(day), layout.root);
      const shared = { file, clock, logger };
      const environment =
        kind === 'reports'
          ? new Environment({ ...shared, openTables: openReportTables })
          : new Environment({ ...shared, openTables: openDumpTables });
      if (isNew) await folders.sync(path.dirname(file));
      return environment;
    } catch (error) {
      throw await storageFailure(error, layout.root);
    }
  }

  private evict(): void {
    if (this.slots.size <= this.options.limit) return;
    const idle = [...this.slots].filter(([, slot]) => slot.users === 0).sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    for (const [file] of idle.slice(0, this.slots.size - this.options.limit)) this.shut(file);
  }

  private shut(file: string): void {
    const slot = this.slots.get(file);
    if (slot === undefined) return;
    this.slots.delete(file);
    const closed = slot.environment
      .then(
        (environment) => environment.close(),
        () => {
          // It never opened; who asked for it was told.
        },
      )
      .finally(() => this.closing.delete(file));
    this.closing.set(file, closed);
  }
}

function idle(slot: Slot): Promise<void> {
  if (slot.users === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, vacatePatience);
    slot.onIdle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
