/** Takes the crashes of a folder, one after the other, a few at a time; the folder is only read. */
import { createReadStream, existsSync } from 'node:fs';
import { opendir, readdir, readFile, stat } from 'node:fs/promises';
import type { Bytes, Clock, CrashId, CrashStorage, PartSummary, PendingMark, ReportDraft } from '@faultline/sdk';
import { parseCrashId, throttleDigit } from '@faultline/sdk/crash-id';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { isFolderName, type Layout } from './layouts.js';
import { readRawCrash } from './raw-crash-json.js';

export interface ImportCounts {
  imported: number;
  /** Stored here already; never overwritten. */
  present: number;
  /** Erased here earlier. */
  erased: number;
  /** Not taken, each with its reason in `onBad`. */
  bad: number;
}

export interface ImportOptions {
  root: string;
  layout: Layout;
  storage: CrashStorage;
  clock: Clock;
  signal: AbortSignal;
  onBad(crashId: string, error: FaultlineError): void;
  progress(counts: ImportCounts, day: string): void;
}

/** Commits that run together share a sync of the disk. */
const atOnce = 8;
const rawLimit: Bytes = 64 * 1024 * 1024;
const dumpLimit = 100;

/** Throws `NotFound IMPORT_FOLDER_EMPTY` when nothing there looks like this layout. Cut off, call it again. */
export async function importCrashes(options: ImportOptions): Promise<ImportCounts> {
  const { root, layout } = options;
  const counts: ImportCounts = { imported: 0, present: 0, erased: 0, bad: 0 };
  const folder = layout.days(root);
  const days = existsSync(folder) ? (await readdir(folder)).filter((name) => /^\d{8}$/.test(name)).sort() : [];
  if (days.length === 0) {
    throw new FaultlineError('NotFound', 'IMPORT_FOLDER_EMPTY', `${folder} has no folder named like a day.`, {
      hint: `A folder of ${layout.name} has raw crashes in ${layout.rawFolder(root, '20261122')}.`,
    });
  }
  for (const day of days) {
    if (existsSync(layout.rawFolder(root, day))) await importDay(options, day, counts);
  }
  return counts;
}

async function importDay(options: ImportOptions, day: string, counts: ImportCounts): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for await (const { name } of await opendir(options.layout.rawFolder(options.root, day))) {
      options.signal.throwIfAborted();
      const taken: Promise<void> = take(options, name, counts).finally(() => running.delete(taken));
      running.add(taken);
      if (running.size >= atOnce) await Promise.race(running);
      options.progress(counts, day);
    }
    await Promise.all(running);
  } finally {
    // After the first that failed for good, the others still end: nothing is left half in hand.
    await Promise.allSettled(running);
  }
  options.progress(counts, day);
}

async function take(options: ImportOptions, name: string, counts: ImportCounts): Promise<void> {
  const { layout, storage, signal, onBad } = options;
  const text = layout.idOfFile(name);
  try {
    const id = parseCrashId(text);
    if (id === null || id !== text) throw bad('NAME', 'Its file is not named like a crash.');
    const { state } = await storage.fate(id);
    if (state === 'stored') counts.present += 1;
    else if (state === 'erased') counts.erased += 1;
    else {
      await importOne(options, id);
      counts.imported += 1;
    }
  } catch (error) {
    signal.throwIfAborted();
    const known = asFaultlineError(error);
    // A disk that is full is not the crash's fault: the next ones would fail like it.
    if (known.isRetryable) throw known;
    counts.bad += 1;
    onBad(text, known);
  }
}

async function importOne({ root, layout, storage, clock, signal }: ImportOptions, id: CrashId): Promise<void> {
  const file = layout.raw(root, id);
  if ((await stat(file)).size > rawLimit) throw bad('TOO_LARGE', 'Its raw crash is larger than 64 MB.');
  const { raw, describe, inOrder } = readRawCrash(await readFile(file, 'utf8'), id);
  const draft = await storage.openDraft();
  try {
    const parts: PartSummary[] = [];
    for (const name of inOrder(await dumpNames(layout.dumpNames(root, id)))) {
      const part = await addPart(draft, { name, ...describe(name) }, { file: layout.dump(root, id, name), signal });
      const expected = raw.metadata.dump_checksums[name];
      // Old Antennas wrote MD5 there: only a SHA-256 can be compared.
      if (expected?.length === 64 && expected !== part.sha256) throw bad('DUMP_DAMAGED', `Its ${name} is damaged.`);
      parts.push(part);
    }
    const pending: PendingMark = {
      crashId: id,
      run: 1,
      lane: 'reprocessing',
      ruleset: 'default',
      reason: 'received',
      since: clock.now(),
      state: id.at(-7) === throttleDigit.defer ? 'deferred' : 'pending',
    };
    await draft.commit({ raw: { ...raw, parts }, pending });
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

async function addPart(
  draft: ReportDraft,
  part: { name: string; filename: string; contentType: string },
  { file, signal }: { file: string; signal: AbortSignal },
): Promise<PartSummary> {
  if (!existsSync(file)) throw bad('DUMP_MISSING', `Its ${part.name} is not there.`);
  const writer = draft.addPart(part);
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
    await writer.write(chunk as Uint8Array);
  }
  return writer.end();
}

/** Names of the dumps; none when the list is not there. */
async function dumpNames(file: string): Promise<string[]> {
  if (!existsSync(file)) return [];
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw bad('DUMP_NAMES', 'The list of its dumps is not JSON.');
  }
  const names = z.array(z.string()).max(dumpLimit).safeParse(json);
  if (!names.success) throw bad('DUMP_NAMES', 'The list of its dumps is no list of names.');
  const hostile = names.data.find((name) => !isFolderName(name));
  if (hostile !== undefined) throw bad('DUMP_NAMES', `It names a dump ${JSON.stringify(hostile.slice(0, 80))}.`);
  return [...new Set(names.data)];
}

function bad(code: string, message: string): FaultlineError {
  return new FaultlineError('Malformed', `IMPORT_${code}`, message);
}
