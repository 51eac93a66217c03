/**
 * Records that can't be read are moved, byte for byte, to files of the folder `quarantine`: whoever knows better may
 * still make something of them. Nothing here is ever removed by the program, except by erasing.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import type { DataLayout } from './data-layout.js';
import type { DayEnvironments } from './day-environments.js';
import { removeMark } from './pending-rows.js';

interface Surroundings {
  layout: DataLayout;
  environments: DayEnvironments;
}

/** Moves one record of a crash. Returns what to tell people. */
export async function quarantine(
  { layout, environments }: Surroundings,
  id: CrashId,
  table: 'raw' | 'processed' | 'pending',
): Promise<string> {
  const day = crashIdDay(id);
  const bytes = await environments.reports(day, (reports) =>
    reports.read((tables) => tables[table].getBinary(id) ?? null),
  );
  if (bytes === null) return 'there was nothing to keep';
  const file = await keep(layout, `${id}.${table}.json`, bytes);
  await environments.reports(day, (reports) => reports.write((tables) => tables[table].remove(id)));
  return `its bytes are kept in ${file}`;
}

/** Moves all of a crash whose raw record is lost: its parts would otherwise be swept as nobody's. */
export async function quarantineCrash(around: Surroundings, id: CrashId): Promise<string> {
  const { layout, environments } = around;
  const day = crashIdDay(id);
  const parts = await environments.dumps(day, (dumps) =>
    dumps.read((tables) =>
      [...tables.parts.getKeys({ start: `${id}/`, end: `${id}0` })].map((key) => ({
        key,
        bytes: tables.parts.getBinary(key) ?? new Uint8Array(),
      })),
    ),
  );
  for (const { key, bytes } of parts ?? []) await keep(layout, key.replace('/', '.'), bytes);
  await quarantine(around, id, 'processed');
  const told = await quarantine(around, id, 'raw');
  await environments.dumps(day, (dumps) =>
    dumps.write((tables) => Promise.all((parts ?? []).map(({ key }) => tables.parts.remove(key)))),
  );
  await environments.reports(day, (reports) => reports.transaction((tables) => removeMark(tables, id)));
  return told;
}

/** Files of erased crashes. */
export async function clearQuarantine(layout: DataLayout, crashIds: readonly CrashId[]): Promise<void> {
  const folder = quarantineFolder(layout);
  if (!existsSync(folder)) return;
  const erased = new Set(crashIds);
  for (const name of await readdir(folder)) {
    if (erased.has(name.slice(0, 36))) await rm(path.join(folder, name), { force: true });
  }
}

function quarantineFolder(layout: DataLayout): string {
  return path.join(layout.root, 'quarantine');
}

/** Written and synced before the record is removed. */
async function keep(layout: DataLayout, name: string, bytes: Uint8Array): Promise<string> {
  const folder = quarantineFolder(layout);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, name);
  const handle = await open(`${file}.new`, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  return path.join('quarantine', name);
}
