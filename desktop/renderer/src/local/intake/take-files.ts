import { countMicrodumps, fileKind } from './file-kind.js';
import { readMeta, readWindowsMetadata, type CrashpadRecord } from './crashpad-database.js';
import { errorName, type Incoming, type IncomingFile } from './dropped-files.js';
import { unzip } from './unzip.js';
import type { SymbolTexts } from '../symbols/symbol-texts.js';
import type { LocalDump } from '../local-dump.js';
import type { SourceFile } from '../walk/walk-messages.js';
import type { WorkerPool } from '../walk/worker-pool.js';

export type TakenDump = Pick<LocalDump, 'name' | 'path' | 'size' | 'file' | 'handle' | 'microdumpIndex' | 'crashId'>;

/** What came of the files that a person gave. */
export interface Taken {
  dumps: TakenDump[];
  symbols: number;
  crashpad: CrashpadRecord[];
  /** Files of no use here, with the reason. */
  refused: { path: string; reason: RefusedReason; detail: string }[];
  isCut: boolean;
}

export type RefusedReason =
  'unknown' | 'no-module-record' | 'zip-damaged' | 'zip-too-large' | 'zip-in-zip' | 'unreadable' | 'no-rights';

export interface TakeOptions {
  texts: SymbolTexts;
  pool: WorkerPool;
  signal: AbortSignal;
  onProgress(told: { name: string; read: number; size: number }): void;
}

const largestMetadata = 8 << 20;

/** Sorts what was dropped: dumps to walk, symbols to use, metadata to show beside them. */
export async function takeFiles(incoming: Incoming, options: TakeOptions): Promise<Taken> {
  const refused = incoming.unreadable.map(({ path, code }) => ({ path, ...unreadable(code) }));
  const taken: Taken = { dumps: [], symbols: 0, crashpad: [], refused, isCut: incoming.isCut };
  for (const file of incoming.files) {
    if (options.signal.aborted) break;
    await take(file, taken, { ...options, isInZip: false });
  }
  return taken;
}

/** A file whose bytes this page has. */
type HeldFile = IncomingFile & { file: Blob };

async function take(one: IncomingFile, taken: Taken, options: TakeOptions & { isInZip: boolean }): Promise<void> {
  const refuse = (reason: RefusedReason, detail = ''): void =>
    void taken.refused.push({ path: one.path, reason, detail });
  try {
    // Laid out as a symbol folder, a file needs no look inside: there may be thousands.
    const isLaidOut = options.texts.addByPath(one);
    if (isLaidOut) return void (taken.symbols += 1);
    const file = typeof one.file === 'function' ? await one.file() : one.file;
    // Only a large dump is left behind the bridge.
    if (!(file instanceof Blob)) return void taken.dumps.push(dumpOf({ ...one, file }, 0));
    await takeHeld({ ...one, file }, taken, { ...options, refuse });
  } catch (error) {
    // No rights, or it went away: it costs this file and no other.
    const { reason, detail } = unreadable(errorName(error));
    refuse(reason, detail);
  }
}

function unreadable(code: string): { reason: RefusedReason; detail: string } {
  const isRefused = ['EACCES', 'EPERM', 'NotAllowedError', 'SecurityError'].includes(code);
  return { reason: isRefused ? 'no-rights' : 'unreadable', detail: code };
}

async function takeHeld(
  one: HeldFile,
  taken: Taken,
  options: TakeOptions & { isInZip: boolean; refuse(reason: RefusedReason, detail?: string): void },
): Promise<void> {
  const { refuse } = options;
  const kind = await fileKind(one.file, one.path);
  switch (kind) {
    case 'dump':
      return void taken.dumps.push(dumpOf(one, 0));
    case 'microdumps':
      return await takeMicrodumps(one, taken);
    case 'symbols':
    case 'packed-symbols':
      return await takeSymbols(one, taken, { ...options, isPacked: kind === 'packed-symbols', refuse });
    case 'crashpad-metadata':
      return void taken.crashpad.push(...(await crashpadRecords(one)));
    case 'zip':
      return options.isInZip ? refuse('zip-in-zip') : await takeZip(one, taken, { ...options, refuse });
    case 'unknown':
      return refuse('unknown');
  }
}

function dumpOf({ path, file, handle }: IncomingFile & { file: SourceFile }, microdumpIndex: number): TakenDump {
  const leaf = path.slice(path.lastIndexOf('/') + 1);
  const name = microdumpIndex === 0 ? leaf : `${leaf} #${microdumpIndex + 1}`;
  return { name, path, size: file.size, file, handle, microdumpIndex, crashId: '' };
}

async function takeMicrodumps(one: HeldFile, taken: Taken): Promise<void> {
  const count = Math.max(1, await countMicrodumps(one.file));
  for (let index = 0; index < Math.min(count, 100); index++) taken.dumps.push(dumpOf(one, index));
}

async function takeSymbols(
  one: HeldFile,
  taken: Taken,
  { texts, isPacked, refuse }: TakeOptions & { isPacked: boolean; refuse(reason: RefusedReason): void },
): Promise<void> {
  const why = await texts.add(one);
  if (why === null) taken.symbols += 1;
  else refuse(isPacked ? 'unknown' : why);
}

async function crashpadRecords({ path, file }: HeldFile): Promise<CrashpadRecord[]> {
  if (file.size > largestMetadata) return [];
  const bytes = new Uint8Array(await file.arrayBuffer());
  const meta = path.endsWith('.meta') ? readMeta(bytes, path) : null;
  return meta === null ? readWindowsMetadata(bytes) : [meta];
}

async function takeZip(
  one: HeldFile,
  taken: Taken,
  options: TakeOptions & { refuse(reason: RefusedReason, detail: string): void },
): Promise<void> {
  const { files, failure } = await unzip(one.file, {
    pool: options.pool,
    signal: options.signal,
    onProgress: (read, size) => options.onProgress({ name: one.path, read, size }),
  });
  if (failure !== null) {
    options.refuse(failure.code === 'ZIP_TOO_LARGE' ? 'zip-too-large' : 'zip-damaged', failure.message);
  }
  // What came out before the damage is of use still.
  for (const { path, blob } of files) {
    await take({ path: `${one.path}/${path}`, file: blob, handle: null }, taken, { ...options, isInZip: true });
  }
}
