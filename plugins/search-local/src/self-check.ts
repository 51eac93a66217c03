/**
 * Compares the index with the stored crashes, which are the truth: fills in runs that it missed, forgets crashes that
 * are gone, indexes changed fields again, and builds it anew when it is damaged.
 */
import type { CrashId, CrashStorage, FieldDictionary, Logger, ProcessedCrash } from '@faultline/sdk';
import { searchFields } from '@faultline/sdk/search';
import { columnHashes } from './field-hashes.js';
import type { LocalSearchEngine } from './local-search-engine.js';
import { loggedRow } from './logged-row.js';
import type { LoggedRow } from './row-log.js';

export interface SelfCheckOptions {
  engine: LocalSearchEngine;
  storage: CrashStorage;
  fields: FieldDictionary;
  logger: Logger;
  signal: AbortSignal;
}

const batchSize = 200;

export async function checkIndex(options: SelfCheckOptions): Promise<void> {
  const { engine, storage, logger, signal } = options;
  if (engine.isDamaged) {
    await noteGaps(options);
    await engine.rebuild(storedRuns(storage), signal);
    logger.info({ crashes: engine.current.rows }, 'the search index was built anew');
  }
  for (const day of await noteGaps(options)) {
    signal.throwIfAborted();
    await checkDay(day, options);
    engine.gaps.set(day, 0);
  }
  await refillChangedFields(options);
}

/** All processed crashes with the number of their last run. */
async function* storedRuns(storage: CrashStorage): AsyncIterable<{ crash: ProcessedCrash; run: number }> {
  for await (const crash of storage.scanProcessed()) yield { crash, run: await lastRun(storage, crash.crash_id) };
}

async function lastRun(storage: CrashStorage, id: CrashId): Promise<number> {
  return (await storage.load(id))?.runs.at(-1)?.run ?? 1;
}

/** Days whose numbers differ. A report that is not processed yet makes a day differ too; looking costs little. */
async function noteGaps({ engine, storage }: SelfCheckOptions): Promise<string[]> {
  const differing: string[] = [];
  const stored = new Map((await storage.usage()).map(({ day, reports }) => [day, reports]));
  for (const day of new Set([...stored.keys(), ...engine.current.days])) {
    const missing = (stored.get(day) ?? 0) - engine.current.rowsOfDay(day);
    engine.gaps.set(day, missing);
    if (missing !== 0) differing.push(day);
  }
  return differing.sort().reverse();
}

async function checkDay(day: string, { engine, storage, logger, signal }: SelfCheckOptions): Promise<void> {
  const indexed = new Set(await engine.current.idsOfDay(day));
  let missed: { crash: ProcessedCrash; run: number }[] = [];
  let filled = 0;
  for await (const crash of storage.scanProcessed({ day })) {
    signal.throwIfAborted();
    indexed.delete(crash.crash_id);
    const known = await engine.current.find(crash.crash_id);
    if (known !== null && !(known.completed < Date.parse(crash.completed_datetime))) continue;
    missed.push({ crash, run: await lastRun(storage, crash.crash_id) });
    filled++;
    if (missed.length < batchSize) continue;
    await engine.index(missed);
    missed = [];
  }
  if (missed.length > 0) await engine.index(missed);
  const gone: CrashId[] = [];
  for (const id of indexed) if ((await storage.load(id)) === null) gone.push(id);
  if (gone.length > 0) await engine.remove(gone);
  if (filled + gone.length > 0) logger.info({ day, filled, gone: gone.length }, 'the search index caught up');
}

/** A field that was added or changed is indexed from the stored crashes; the other columns stay as they are. */
async function refillChangedFields({ engine, storage, fields, logger, signal }: SelfCheckOptions): Promise<void> {
  const all = searchFields(fields.all(), true).all();
  const hashes = columnHashes(all);
  for (const [day, names] of engine.current.outdated(hashes)) {
    signal.throwIfAborted();
    const changed = all.filter(({ id }) => names.includes(id));
    const rows = new Map<CrashId, LoggedRow>();
    for await (const crash of storage.scanProcessed({ day })) {
      rows.set(crash.crash_id, loggedRow(crash, 0, changed));
    }
    const wanted = new Map(names.map((name): [string, string] => [name, hashes.get(name) ?? '']));
    await engine.current.refill(day, wanted, rows);
    logger.info({ day, fields: names }, 'changed fields were indexed again');
  }
}
