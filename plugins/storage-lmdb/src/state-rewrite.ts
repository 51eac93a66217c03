/**
 * Writes state.mdb anew, row by row, so that what was deleted in it is on the disk no more: LMDB keeps the bytes of
 * deleted rows in free pages, and in the unused ends of pages that are in use. Everybody waits meanwhile
 * (`state-gate.ts`). Killed in between, either the old file is there or the new one.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Logger } from '@faultline/sdk';
import { copyDay } from './day-copy.js';
import type { DataLayout } from './data-layout.js';
import type { Rows } from './day-tables.js';
import { Environment } from './environment.js';
import type { FolderSync } from './folder-sync.js';
import type { StateGate } from './state-gate.js';
import { openStateRows, stateTableNames } from './state-tables.js';
import type { StateTables } from './state-tables.js';

export interface StateRewrite {
  layout: DataLayout;
  folders: FolderSync;
  clock: Clock;
  logger: Logger;
  stateGate: StateGate;
}

const nextSuffix = '.next';

type StateRows = Record<keyof StateTables, Rows>;

/** Throws what `StateGate.alone` throws. */
export async function rewriteState(rewrite: StateRewrite, signal: AbortSignal): Promise<void> {
  const { layout, folders, stateGate } = rewrite;
  await stateGate.alone(async () => {
    await removeLeftovers(layout);
    const file = `${layout.state}${nextSuffix}`;
    await copyAll(rewrite, file, signal);
    // The lock file belongs to the old one, which nobody has open.
    await rm(`${layout.state}-lock`, { force: true });
    await rename(file, layout.state);
    await rm(`${file}-lock`, { force: true });
    await folders.sync(layout.root);
  }, signal);
}

async function copyAll(rewrite: StateRewrite, file: string, signal: AbortSignal): Promise<void> {
  const old = openRows(rewrite, rewrite.layout.state);
  const next = openRows(rewrite, file);
  try {
    const source = <T>(read: (tables: StateRows) => T): Promise<T> => old.read(read);
    await copyDay({ tables: stateTableNames, source, target: next, without: new Set(), signal });
  } finally {
    await next.close();
    await old.close();
  }
}

function openRows({ clock, logger }: StateRewrite, file: string): Environment<StateRows> {
  return new Environment({ file, clock, logger, openTables: openStateRows });
}

/** What a killed process left, and the copies that upgrades made: they hold what has been deleted since. */
async function removeLeftovers({ root, state }: DataLayout): Promise<void> {
  const next = `${path.basename(state)}${nextSuffix}`;
  for (const name of await readdir(root)) {
    const isLeftover = name === next || name === `${next}-lock` || /^state\.format-\d+\.mdb/.test(name);
    if (isLeftover) await rm(path.join(root, name), { force: true });
  }
}
