/** Writes crashes into a folder; a crash that is there already is left as it is. */
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes, CrashId, CrashStorage } from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { isFolderName, type Layout } from './layouts.js';
import { writeRawCrash } from './raw-crash-json.js';

export interface ExportCounts {
  exported: number;
  /** In the folder already. */
  present: number;
  /** Not stored here. */
  unknown: number;
  /** Not written, or not wholly, each with its reason in `onBad`. */
  bad: number;
}

export interface ExportOptions {
  root: string;
  layout: Layout;
  storage: CrashStorage;
  signal: AbortSignal;
  onBad(crashId: string, error: FaultlineError): void;
  progress(counts: ExportCounts): void;
}

const chunkSize: Bytes = 1024 * 1024;

/** Cut off, call it again: what is whole is not written twice. */
export async function exportCrashes(ids: AsyncIterable<CrashId>, options: ExportOptions): Promise<ExportCounts> {
  const counts: ExportCounts = { exported: 0, present: 0, unknown: 0, bad: 0 };
  for await (const id of ids) {
    options.signal.throwIfAborted();
    if (existsSync(options.layout.raw(options.root, id))) counts.present += 1;
    else counts[await exportOne(id, options)] += 1;
    options.progress(counts);
  }
  return counts;
}

async function exportOne(id: CrashId, options: ExportOptions): Promise<'exported' | 'unknown' | 'bad'> {
  const { root, layout, storage, signal, onBad } = options;
  try {
    const stored = await storage.load(id);
    if (stored === null) return 'unknown';
    const names: string[] = [];
    let missing = 0;
    for (const { name } of stored.raw.parts) {
      if (!isFolderName(name)) throw problem('PART_NAME', `${JSON.stringify(name)} can't be the name of a folder.`);
      if (await exportPart(id, name, options)) names.push(name);
      else missing += 1;
    }
    await write(layout.dumpNames(root, id), JSON.stringify(names.sort()));
    const processed = layout.processed(root, id);
    if (processed !== null && stored.processed !== null) await write(processed, JSON.stringify(stored.processed));
    // Last: it says that the rest is whole.
    await write(layout.raw(root, id), writeRawCrash(stored.raw));
    if (missing > 0)
      onBad(id, problem('PART_GONE', `${missing} of its parts are not stored any more; the rest is there.`));
    return missing > 0 ? 'bad' : 'exported';
  } catch (error) {
    signal.throwIfAborted();
    onBad(id, asFaultlineError(error));
    return 'bad';
  }
}

/** False when the part has been purged. */
async function exportPart(
  id: CrashId,
  name: string,
  { root, layout, storage, signal }: ExportOptions,
): Promise<boolean> {
  const source = await storage.openPart(id, name);
  if (source === null) return false;
  const file = layout.dump(root, id, name);
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(`${file}.new`, 'w');
  try {
    for (let offset = 0; offset < source.size; offset += chunkSize) {
      signal.throwIfAborted();
      await handle.writeFile(await source.read(offset, chunkSize));
    }
    await handle.sync();
  } catch (error) {
    await rm(`${file}.new`, { force: true });
    throw error;
  } finally {
    await handle.close();
    await source.close?.();
  }
  await rename(`${file}.new`, file);
  return true;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { flush: true });
  await rename(`${file}.new`, file);
}

function problem(code: string, message: string): FaultlineError {
  return new FaultlineError('NotFound', `EXPORT_${code}`, message);
}
