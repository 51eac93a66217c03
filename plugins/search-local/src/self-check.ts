/**
 * Compares the index with the stored crashes, which are the truth: fills in runs that it missed, forgets crashes that
 * are gone, indexes changed fields again, and builds it anew when it is damaged.
 */
import type { CrashId, CrashStorage, Logger, ProcessedCrash } from '@faultline/sdk';
import { rebuildFromStore } from './rebuild-job.js';
import type { LocalSearchEngine } from './local-search-engine.js';
import { loggedRow } from './logged-row.js';

export interface SelfCheckOptions {
  engine: LocalSearchEngine;
  storage: CrashStorage;
  logger: Logger;
  signal: AbortSignal;
}

const batchSize = 200;

export async function checkIndex(options: SelfCheckOptions): Promise<void> {
  const { engine, storage, logger, signal } = options;
  const { isDamaged } = await engine.indexStatus();
  if (isDamaged) {
    await noteGaps(options);
    const { crashes } = await rebuildFromStore({ engine, storage, signal });
    logger.info({ crashes }, 'the search index was built anew');
  }
  for (const day of await noteGaps(options)) {
    signal.throwIfAborted();
    await checkDay(day, options);
    engine.gaps.set(day, 0);
  }
  await refillChangedFields(options);
}

/** Days whose numbers differ. A report that is not processed yet makes a day differ too; looking costs little. */
async function noteGaps({ engine, storage }: SelfCheckOptions): Promise<string[]> {
  const differing: string[] = [];
  const stored = new Map((await storage.usage()).map(({ day, reports }) => [day, reports]));
  const { rowsByDay } = await engine.indexStatus();
  for (const day of new Set([...stored.keys(), ...rowsByDay.keys()])) {
    const missing = (stored.get(day) ?? 0) - (rowsByDay.get(day) ?? 0);
    engine.gaps.set(day, missing);
    if (missing !== 0) differing.push(day);
  }
  return differing.sort().reverse();
}

async function checkDay(day: string, { engine, storage, logger, signal }: SelfCheckOptions): Promise<void> {
  const indexed = new Set(await engine.port.ask('idsOfDay', { day }, signal));
  let batch: { crash: ProcessedCrash; run: number }[] = [];
  let filled = 0;
  const take = async () => {
    signal.throwIfAborted();
    const known = await engine.port.ask('runsOf', { ids: batch.map(({ crash }) => crash.crash_id) }, signal);
    const missed = batch.filter(({ run }, index) => (known[index] ?? -1) < run);
    if (missed.length > 0) await engine.index(missed);
    filled += missed.length;
    batch = [];
  };
  for await (const entry of storage.scanRuns({ day })) {
    indexed.delete(entry.crash.crash_id);
    batch.push(entry);
    if (batch.length >= batchSize) await take();
  }
  await take();
  const gone: CrashId[] = [];
  for (const id of indexed) if ((await storage.load(id)) === null) gone.push(id);
  if (gone.length > 0) await engine.remove(gone);
  if (filled + gone.length > 0) logger.info({ day, filled, gone: gone.length }, 'the search index caught up');
}

/** A field that was added or changed is indexed from the stored crashes; the other columns stay as they are. */
async function refillChangedFields({ engine, storage, logger, signal }: SelfCheckOptions): Promise<void> {
  const { fields, hashes } = engine.indexed.current();
  for (const [day, names] of await engine.port.ask('outdated', { hashes }, signal)) {
    signal.throwIfAborted();
    const changed = fields.filter(({ id }) => names.includes(id));
    const rows = [];
    for await (const crash of storage.scanProcessed({ day })) rows.push(loggedRow(crash, 0, changed));
    const wanted = new Map(names.map((name): [string, string] => [name, hashes.get(name) ?? '']));
    await engine.port.ask('refill', { day, hashes: wanted, rows: JSON.stringify(rows) });
    logger.info({ day, fields: names }, 'changed fields were indexed again');
  }
}
