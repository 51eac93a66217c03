/**
 * Removes what belongs to no report: parts whose raw crash was never written, and files left in the incoming folder.
 * Looks twice, an hour apart, and removes what was an orphan both times: so nothing that any process still has in
 * hand, and no clock or date of a file is trusted. There is no hurry, and it begins when the server does, when clients
 * that were turned away come back: a day of a million reports took all of a processor for four seconds, and one whose
 * pages were not in memory stopped it for 30 ms at a time.
 */
import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, CrashId, Logger, Milliseconds } from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { DayEnvironments } from './day-environments.js';
import type { DataLayout } from './data-layout.js';
import type { FolderSync } from './folder-sync.js';

const sweepAge: Milliseconds = 3_600_000;
/** Names looked at in one turn, a third of a millisecond when their pages are in memory. */
const batch = 100;
/** A turn ends after this: a page that has to be read takes as long as some hundred names. */
const turn: Milliseconds = 2;
/** Between turns, in which posts are taken: so long, and so many times as long as the turn was. */
const rest = { least: 100 as Milliseconds, times: 50 };

interface Surroundings {
  layout: DataLayout;
  folders: FolderSync;
  environments: DayEnvironments;
  clock: Clock;
  logger: Logger;
  /** True for a file that this process is writing. */
  isIncomingOpen(file: string): boolean;
}

/** What was found without a report: keys of the dumps by day, and paths. */
interface Orphans {
  parts: Map<string, Set<string>>;
  files: Set<string>;
}

/** @param days days that a crash of the server may have left something in */
export async function sweepOrphans(
  around: Surroundings,
  days: readonly string[],
  signal: AbortSignal,
): Promise<{ parts: number; files: number }> {
  const before = await findOrphans(around, days, signal);
  if (before.files.size === 0 && before.parts.size === 0) return { parts: 0, files: 0 };
  await around.clock.sleep(sweepAge, signal);
  const now = await findOrphans(around, days, signal);
  const removed = await removeOrphans(around, intersection(before, now));
  if (removed.parts + removed.files > 0) around.logger.info(removed, 'Swept parts of reports that were never answered');
  return removed;
}

async function findOrphans(around: Surroundings, days: readonly string[], signal: AbortSignal): Promise<Orphans> {
  const orphans: Orphans = { parts: new Map(), files: new Set() };
  for (const name of await namesIn(around.layout.incoming)) {
    const file = path.join(around.layout.incoming, name);
    if (!around.isIncomingOpen(file)) orphans.files.add(file);
  }
  for (const day of days) {
    const parts = await orphanParts(around, day, signal);
    if (parts.size > 0) orphans.parts.set(day, parts);
    for (const file of await orphanFiles(around, day, signal)) orphans.files.add(file);
  }
  return orphans;
}

async function orphanParts(around: Surroundings, day: string, signal: AbortSignal): Promise<Set<string>> {
  const orphans = new Set<string>();
  let after: string | undefined;
  for (;;) {
    const start = after;
    const began = around.clock.monotonic();
    const keys = await around.environments.dumps(day, (dumps) =>
      dumps.read(({ parts }) => [
        ...parts.getKeys({ ...(start === undefined ? {} : { start, exclusiveStart: true }), limit: batch }),
      ]),
    );
    if (keys === null) return orphans;
    if (keys.length === batch) await restAfter(around.clock, began, signal);
    for (const key of await withoutReport(around, day, keys, signal)) orphans.add(key);
    if (keys.length < batch) return orphans;
    after = keys.at(-1);
  }
}

async function orphanFiles(around: Surroundings, day: string, signal: AbortSignal): Promise<string[]> {
  const folder = around.layout.largeFolder(day);
  const names = (await namesIn(folder)).filter((name) => parseCrashId(idOfKey(name)) !== null);
  const lost = await withoutReport(around, day, names, signal);
  return lost.map((name) => path.join(folder, name));
}

/** Those of the names, keys of parts or files, whose crash has no report. */
async function withoutReport(
  { environments, clock }: Surroundings,
  day: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const lost: string[] = [];
  for (let at = 0; at < names.length;) {
    const began = clock.monotonic();
    const hasReports = await environments.reports(day, (reports) =>
      reports.read(({ raw }) => {
        const from = at;
        do {
          const name = names[at++] ?? '';
          if (!raw.doesExist(idOfKey(name))) lost.push(name);
        } while (at < names.length && at - from < batch && clock.monotonic() - began < turn);
        return true;
      }),
    );
    if (hasReports === null) return [...names];
    if (at < names.length) await restAfter(clock, began, signal);
  }
  return lost;
}

async function restAfter(clock: Clock, began: Milliseconds, signal: AbortSignal): Promise<void> {
  await clock.sleep(Math.max(rest.least, (clock.monotonic() - began) * rest.times), signal);
}

async function removeOrphans(around: Surroundings, orphans: Orphans): Promise<{ parts: number; files: number }> {
  let removed = 0;
  for (const [day, keys] of orphans.parts) {
    await around.environments.dumps(day, (dumps) =>
      dumps.write(({ parts }) => Promise.all([...keys].map((key) => parts.remove(key)))),
    );
    removed += keys.size;
  }
  for (const file of orphans.files) await unlink(file);
  for (const folder of new Set([...orphans.files].map((file) => path.dirname(file)))) await around.folders.sync(folder);
  return { parts: removed, files: orphans.files.size };
}

function intersection(a: Orphans, b: Orphans): Orphans {
  const parts = new Map<string, Set<string>>();
  for (const [day, keys] of a.parts) {
    const both = [...keys].filter((key) => b.parts.get(day)?.has(key) === true);
    if (both.length > 0) parts.set(day, new Set(both));
  }
  return { parts, files: new Set([...a.files].filter((file) => b.files.has(file))) };
}

/** Of a part's key or file: both begin with their crash. */
function idOfKey(key: string): CrashId {
  return key.slice(0, 36);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // No such folder: the day has no large part.
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
