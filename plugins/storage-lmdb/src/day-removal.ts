/** Takes a kind of a day, or some crashes of it, off the disk: see `generations.ts` for how. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RootDatabase } from 'lmdb';
import type { Bytes, Clock, CrashId, Logger } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { copyDay } from './day-copy.js';
import type { ReadableRows } from './day-copy.js';
import type { DataLayout, DayKind } from './data-layout.js';
import type { DayEnvironments } from './day-environments.js';
import { openDumpRows, openReportRows } from './day-tables.js';
import type { DumpTables, ReportTables, Rows } from './day-tables.js';
import { Environment } from './environment.js';
import type { FolderSync } from './folder-sync.js';
import type { Generations } from './generations.js';

export interface RemovalSurroundings {
  layout: DataLayout;
  folders: FolderSync;
  environments: DayEnvironments;
  generations: Generations;
  clock: Clock;
  logger: Logger;
}

export interface Removal {
  day: string;
  kind: DayKind;
  /** Absent: all of it. */
  crashIds?: ReadonlySet<CrashId> | undefined;
  /** It is retention's doing, and remembered as that. */
  isPurge: boolean;
}

const reportTables = ['raw', 'processed', 'runs', 'pending', 'pendingByAge', 'outbox', 'outboxByDue'] as const;

/** Each attempt writes a file of its own: two jobs of this process may be at the same day. */
let attempts = 0;

/** Resolves when the file is gone from the disk; returns what that freed. */
export async function removeFromDay(
  around: RemovalSurroundings,
  removal: Removal,
  signal: AbortSignal,
): Promise<Bytes> {
  const { day, kind, crashIds } = removal;
  const { environments, folders, layout, generations } = around;
  await removeLeftovers(around, day, kind);
  const file = environments.fileOf(day, kind);
  const generation = generations.current(day, kind);
  const before = await sizeOnDisk(file);
  const target = layout.environment(day, kind, generation + 1);
  const isKept = crashIds !== undefined && existsSync(file);
  const next = isKept
    ? new NextGeneration(around, { day, kind, file: `${target}.${generations.member}-${++attempts}` })
    : null;
  try {
    await next?.copyLive(crashIds ?? new Set(), signal);
    await generations.alone(
      { day, kind },
      async () => {
        if (generations.current(day, kind) !== generation) throw overtaken(day, kind);
        await next?.copyRest(file, crashIds ?? new Set(), signal);
        await next?.moveTo(target);
        const purged = { at: around.clock.now(), isWhole: crashIds === undefined };
        return { outcome: 'replaced', ...(removal.isPurge ? { purged } : {}) };
      },
      signal,
    );
  } catch (error) {
    await next?.discard();
    throw error;
  }
  await removeFile(file);
  const large = kind === 'dumps' ? await removeLarge(around, day, crashIds) : 0;
  if (existsSync(layout.day(day))) await folders.sync(layout.day(day));
  return Math.max(0, before - (await sizeOnDisk(target))) + large;
}

/** What a killed process left: generations that count no longer, and such as it had not finished. */
async function removeLeftovers(
  { layout, generations }: RemovalSurroundings,
  day: string,
  kind: DayKind,
): Promise<void> {
  if (!existsSync(layout.day(day))) return;
  for (const name of await readdir(layout.day(day))) {
    const found = /^(reports|dumps)\.(\d+)\.mdb(?:\.(\d+-[0-9a-f]+)-\d+)?(?:-lock)?$/.exec(name);
    if (found?.[1] !== kind) continue;
    const [, , generation, writer] = found;
    const isDead =
      writer === undefined ? Number(generation) < generations.current(day, kind) : !generations.isMember(writer);
    if (isDead) await rm(path.join(layout.day(day), name), { force: true });
  }
}

/** The file that is to take the place of another; under a name of its writer until it is whole. */
class NextGeneration {
  private readonly tables: Environment<Record<string, Rows>>;

  constructor(
    private readonly around: RemovalSurroundings,
    private readonly next: { day: string; kind: DayKind; file: string },
  ) {
    this.tables = this.open(next.file);
  }

  /** The most of it, while others read and write. */
  async copyLive(without: ReadonlySet<CrashId>, signal: AbortSignal): Promise<void> {
    const { environments } = this.around;
    const { day, kind } = this.next;
    const source = <T>(read: (tables: Record<string, ReadableRows>) => T): Promise<T | null> =>
      kind === 'reports'
        ? environments.reports(day, (reports) => reports.read((tables) => read({ ...tables })))
        : environments.dumps(day, (dumps) => dumps.read((tables) => read({ ...tables })));
    await copyDay({ tables: this.names(), source, target: this.tables, without, signal });
  }

  /** What was written meanwhile, with the old file to ourselves. */
  async copyRest(file: string, without: ReadonlySet<CrashId>, signal: AbortSignal): Promise<void> {
    const old = this.open(file);
    try {
      const source = <T>(read: (tables: Record<string, ReadableRows>) => T): Promise<T | null> => old.read(read);
      await copyDay({ tables: this.names(), source, target: this.tables, without, signal });
    } finally {
      await old.close();
    }
  }

  /** Under its own name it is durable on return. */
  async moveTo(file: string): Promise<void> {
    await this.tables.close();
    await rename(this.next.file, file);
    await removeFile(this.next.file);
    await this.around.folders.sync(path.dirname(file));
  }

  async discard(): Promise<void> {
    await this.tables.close();
    await removeFile(this.next.file);
  }

  private names(): readonly (keyof ReportTables | keyof DumpTables)[] {
    return this.next.kind === 'reports' ? reportTables : ['parts'];
  }

  private open(file: string): Environment<Record<string, Rows>> {
    const { clock, logger } = this.around;
    const openTables = (root: RootDatabase): Record<string, Rows> =>
      this.next.kind === 'reports' ? openReportRows(root) : openDumpRows(root);
    return new Environment({ file, clock, logger, openTables });
  }
}

async function removeLarge(
  { layout, folders }: RemovalSurroundings,
  day: string,
  crashIds: ReadonlySet<CrashId> | undefined,
): Promise<Bytes> {
  const folder = layout.largeFolder(day);
  if (!existsSync(folder)) return 0;
  const names = await readdir(folder);
  const doomed = names.filter((name) => crashIds?.has(name.slice(0, 36)) ?? true);
  let freed = 0;
  for (const name of doomed) {
    const file = path.join(folder, name);
    freed += await sizeOnDisk(file);
    await rm(file, { force: true });
  }
  if (doomed.length > 0) await folders.sync(folder);
  return freed;
}

async function removeFile(file: string): Promise<void> {
  for (const name of [file, `${file}-lock`]) await rm(name, { force: true });
}

/** 0 when it is not there. */
export async function sizeOnDisk(file: string): Promise<Bytes> {
  if (!existsSync(file)) return 0;
  const { blocks, size } = await stat(file);
  // Windows tells no blocks.
  return blocks === 0 ? size : blocks * 512;
}

function overtaken(day: string, kind: DayKind): FaultlineError {
  return new FaultlineError('Conflict', 'STORAGE_DAY_BUSY', `The ${kind} of ${day} were rewritten meanwhile.`, {
    hint: 'Try again.',
    details: { day, kind },
  });
}
