/**
 * A copy of the store while it is at work, by LMDB's own consistent copy of each file. Reports of a day come before
 * its dumps, and the state comes last: so the dumps hold all that the copied reports name, and the state lists every
 * day that owes something.
 */
import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { constants, existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Logger } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { DataLayout, dayOfFolder } from './data-layout.js';
import type { DayEnvironments } from './day-environments.js';
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

/** Throws `Conflict COPY_FOLDER_NOT_EMPTY`. Returns the files written, relative to `folder`. */
export async function copyStore(
  around: CopySurroundings,
  folder: string,
  options: { signal: AbortSignal; progress?(done: number, total: number, stage: string): void },
): Promise<string[]> {
  const { layout, environments, state } = around;
  const target = new DataLayout(path.resolve(folder));
  await mkdir(target.root, { recursive: true });
  if (existsSync(target.crashes) || existsSync(target.state)) throw notEmpty(target.root);
  const days = (await readdir(layout.crashes)).filter((name) => dayOfFolder(name) !== null).sort();
  const written: string[] = [];
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
      if (isThere === true) written.push(file);
    }
    written.push(...(await copyLarge(layout.largeFolder(day), target.largeFolder(day), options.signal)));
  }
  await state.copyTo(target.state);
  await forgetThisFolder(around, target);
  await copyFile(layout.format, target.format);
  written.push(target.state, target.format);
  for (const file of written) await syncFile(file);
  options.progress?.(days.length, days.length, 'state');
  return written.map((file) => path.relative(target.root, file));
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
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return written;
}

/** Who holds the folder and which generations count is true of the original only. */
async function forgetThisFolder({ clock, logger }: CopySurroundings, target: DataLayout): Promise<void> {
  const copy = new Environment({ file: target.state, clock, logger, openTables: openStateTables });
  try {
    await copy.transaction(({ holder, generations, closedDays, leases }) => {
      for (const key of [...holder.getKeys()]) void holder.remove(key);
      for (const key of [...generations.getKeys()]) void generations.remove(key);
      for (const key of [...closedDays.getKeys()]) void closedDays.remove(key);
      for (const key of [...leases.getKeys()]) void leases.remove(key);
    });
  } finally {
    await copy.close();
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
