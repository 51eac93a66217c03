/**
 * A copy of the store while it is at work, by LMDB's own consistent copy of each file. Reports of a day come before
 * its dumps, and the state comes last: so the dumps hold all that the copied reports name, and the state lists every
 * day that owes something.
 */
import { copyFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { constants, existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Logger, StateKey, StorageCopy } from '@faultline/sdk';
import { encodeStateKey, startsWithBytes } from '@faultline/sdk/state-key';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import { DataLayout, dayOfFolder } from './data-layout.js';
import type { DayEnvironments } from './day-environments.js';
import { openReportTables, rowsOf } from './day-tables.js';
import { Environment } from './environment.js';
import { openStateTables } from './state-tables.js';
import type { StateTables } from './state-tables.js';

interface CopySurroundings {
  layout: DataLayout;
  environments: DayEnvironments;
  state: Environment<StateTables>;
  clock: Clock;
  logger: Logger;
}

/** Throws `Conflict COPY_FOLDER_NOT_EMPTY`. */
export async function copyStore(
  around: CopySurroundings,
  folder: string,
  options: {
    signal: AbortSignal;
    leaveOut?: readonly StateKey[];
    progress?(done: number, total: number, stage: string): void;
  },
): Promise<StorageCopy> {
  const { layout, environments } = around;
  const target = new DataLayout(path.resolve(folder));
  await mkdir(target.root, { recursive: true });
  if (existsSync(target.crashes) || existsSync(target.state)) throw notEmpty(target.root);
  const days = (await readdir(layout.crashes)).filter((name) => dayOfFolder(name) !== null).sort();
  const written: string[] = [];
  let crashes = 0;
  for (const [index, day] of days.entries()) {
    options.signal.throwIfAborted();
    options.progress?.(index, days.length, day);
    await mkdir(target.day(day), { recursive: true });
    for (const kind of ['reports', 'dumps'] as const) {
      const file = target.environment(day, kind, 1);
      const isThere = await environments[kind](day, async (environment) => {
        await environment.copyTo(file);
        return true;
      });
      if (isThere !== true) continue;
      written.push(file);
      if (kind === 'reports') crashes += await countCrashes(around, file);
    }
    written.push(...(await copyLarge(layout.largeFolder(day), target.largeFolder(day), options.signal)));
  }
  await copyState(around, target.state, options.leaveOut ?? []);
  await copyFile(layout.format, target.format);
  written.push(target.state, target.format);
  for (const file of written) await syncFile(file);
  options.progress?.(days.length, days.length, 'state');
  return { files: written.map((file) => path.relative(target.root, file)), crashes };
}

/** Files that are purged or erased while we copy are gone, and that is right. */
async function copyLarge(from: string, to: string, signal: AbortSignal): Promise<string[]> {
  if (!existsSync(from)) return [];
  await mkdir(to, { recursive: true });
  const written: string[] = [];
  for (const name of await readdir(from)) {
    signal.throwIfAborted();
    const target = path.join(to, name);
    try {
      await copyFile(path.join(from, name), target, constants.COPYFILE_FICLONE);
      written.push(target);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
  }
  return written;
}

/**
 * Who holds the folder and which generations count is true of the original only. Written row by row into a new file:
 * what was deleted stays readable in the free pages of LMDB's own copy, and so would what is left out.
 */
async function copyState(
  { state, clock, logger }: CopySurroundings,
  file: string,
  leaveOut: readonly StateKey[],
): Promise<void> {
  const whole = `${file}.whole`;
  await state.copyTo(whole);
  const prefixes = leaveOut.map((key) => encodeStateKey(key));
  const from = new Environment({ file: whole, clock, logger, openTables: openStateTables });
  const to = new Environment({ file, clock, logger, openTables: openStateTables });
  try {
    await from.read(async (source) => {
      const entries = [...source.entries.getRange({ versions: true })];
      const kept = entries.filter(({ key }) => !prefixes.some((prefix) => startsWithBytes(key, prefix)));
      await to.transaction((target) => {
        for (const { key, value, version } of kept) void target.entries.put(Buffer.from(key), value, version ?? 1);
        for (const { key, value } of source.openDays.getRange({})) void target.openDays.put(key, value);
        for (const { key, value } of source.purgedDays.getRange({})) void target.purgedDays.put(key, value);
        for (const { key, value } of source.tombstones.getRange({})) void target.tombstones.put(key, value);
      });
    });
  } finally {
    await from.close();
    await to.close();
  }
  for (const name of [whole, `${whole}-lock`, `${file}-lock`]) await rm(name, { force: true });
}

async function countCrashes({ clock, logger }: CopySurroundings, file: string): Promise<number> {
  const copy = new Environment({ file, clock, logger, openTables: openReportTables });
  try {
    return await copy.read(({ raw }) => rowsOf(raw));
  } finally {
    await copy.close();
    await rm(`${file}-lock`, { force: true });
  }
}

async function syncFile(file: string): Promise<void> {
  if (!(await stat(file)).isFile()) return;
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notEmpty(folder: string): FaultlineError {
  return new FaultlineError('Conflict', 'COPY_FOLDER_NOT_EMPTY', `${folder} holds something already.`, {
    hint: 'Name a new or empty folder.',
    details: { folder },
  });
}
