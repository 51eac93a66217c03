import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, UnixMillis } from '@faultline/sdk';
import { FaultlineError, isFaultlineError, nullWhenAbsent, systemErrorCode } from '@faultline/sdk/errors';
import { breakpadPath, normalDebugId } from '@faultline/symbols/symbol-path';
import { lastUsed, markUsed } from '../cache/last-used.js';
import { removeEmptyFolders } from '../empty-folders.js';
import { temporaryName } from '../index-store/temporary-files.js';
import { identifyNative, keyProblem, nativePlace, nativeProblem, type NativeFacts } from '../native/native-file.js';
import { readSymHeader, type SymHeader } from './sym-header.js';
import { isSymbolFile, keyText, symbolKeyOf, type SymbolKey } from './symbol-key.js';
import type { SymbolRecord, SymbolRecords } from './symbol-records.js';
import { takeContent, type TakenContent } from './take-content.js';

/** No module's name: it begins with a dot and has no id below it. */
export const incomingFolder = '.incoming';

export interface SymbolStoreOptions {
  /** Kept until deleted. */
  folder: string;
  /** Of try builds: they expire. */
  tryFolder: string;
  records: SymbolRecords;
  clock: Clock;
  maxBytes: number;
}

export interface Addition {
  /** Null for a file that names itself: a `.sym` by its MODULE record, a native file by its headers. */
  key: SymbolKey | null;
  /** What the file was called: a native file that names itself is kept under it. */
  name?: string;
  content: AsyncIterable<Uint8Array>;
  isTry: boolean;
  uploadId: string;
  uploadedBy: string;
  /** What was announced; another content is rejected. */
  expected?: { size: number; md5: string };
  signal?: AbortSignal;
}

/** What became of one file; `same` when the very bytes were there. */
export type Verdict =
  | { outcome: 'stored'; record: SymbolRecord }
  | { outcome: 'same'; record: SymbolRecord }
  | { outcome: 'rejected'; reason: string };

/**
 * Symbol files that were uploaded. A file is written under a temporary name, fsynced, renamed, and then recorded: a
 * record without its file is as none, so that a kill between the two costs a second upload and nothing else.
 */
export class SymbolStore {
  /** Ends of the last writings, by path: a file and its record change together. */
  private readonly writing = new Map<string, Promise<unknown>>();

  constructor(private readonly options: SymbolStoreOptions) {}

  async add(addition: Addition): Promise<Verdict> {
    const { isTry } = addition;
    // Apart from the others: what is refused leaves no folder behind.
    const incoming = path.join(this.options.folder, incomingFolder);
    await mkdir(incoming, { recursive: true });
    const temporary = temporaryName(path.join(incoming, 'file'));
    try {
      const isText = addition.key === null ? null : isSymbolFile(addition.key);
      const { maxBytes } = this.options;
      const { signal } = addition;
      const taken = await takeContent(addition.content, { file: temporary, isText, maxBytes, signal });
      const announced = announcementProblem(taken, addition.expected);
      if (announced !== null) return { outcome: 'rejected', reason: announced };
      const header = taken.isText ? readSymHeader(taken.start) : null;
      const native = taken.isText ? null : await this.nativeOf(temporary, addition);
      if (native !== null && 'problem' in native) return { outcome: 'rejected', reason: native.problem };
      const key = addition.key ?? native?.key ?? keyOf(header);
      const problem = taken.isText ? contentsProblem(header, key) : taken.size === 0 ? 'it is empty' : null;
      if (problem !== null || key === null) return { outcome: 'rejected', reason: problem ?? 'it names no module' };
      const record: SymbolRecord = {
        key,
        size: taken.size,
        storedSize: taken.storedSize,
        md5: taken.md5,
        isTry,
        codeFile: header?.codeFile ?? '',
        codeId: header?.codeId ?? '',
        generator: header?.generator ?? '',
        ...(native === null ? {} : { native: native.facts }),
        uploadedAt: this.options.clock.now(),
        uploadedBy: addition.uploadedBy,
        uploadId: addition.uploadId,
      };
      return await this.inTurn(key, isTry, () => this.keep(temporary, record));
    } catch (error) {
      const reason = contentProblem(error);
      if (reason === null) throw error;
      return { outcome: 'rejected', reason };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  private async keep(temporary: string, record: SymbolRecord): Promise<Verdict> {
    const { key, isTry, md5, size } = record;
    const known = await this.find(key, isTry);
    if (known?.md5 === md5 && known.size === size) return { outcome: 'same', record: known };
    await moveInto(temporary, this.pathOf(key, isTry));
    await this.options.records.put(record);
    return { outcome: 'stored', record };
  }

  /** Of two uploads of one file with different content, file and record must be of the same. */
  private async inTurn<T>(key: SymbolKey, isTry: boolean, work: () => Promise<T>): Promise<T> {
    const place = this.pathOf(key, isTry);
    const turn = (this.writing.get(place) ?? Promise.resolve()).then(work, work);
    this.writing.set(place, turn);
    try {
      return await turn;
    } finally {
      if (this.writing.get(place) === turn) this.writing.delete(place);
    }
  }

  /** Its headers say what a native file is for; null for a file of no format that is known (a packed one, a zip). */
  private async nativeOf(
    file: string,
    { key, name }: Addition,
  ): Promise<{ key: SymbolKey; facts: NativeFacts } | { problem: string } | null> {
    try {
      const identity = await identifyNative(file);
      if (identity === null) return null;
      const problem = key === null ? null : keyProblem(key, identity);
      if (problem !== null) return { problem };
      const place = nativePlace(name ?? key?.fileName ?? '', identity);
      return key === null ? place : { key, facts: place.facts };
    } catch (error) {
      const problem = nativeProblem(error);
      if (problem === null) throw error;
      return { problem };
    }
  }

  /** What is there and whole; null otherwise. */
  async find(key: SymbolKey, isTry: boolean): Promise<SymbolRecord | null> {
    const record = await this.options.records.get(key, isTry);
    if (record === null) return null;
    const there = await stat(this.pathOf(key, isTry)).catch(nullWhenAbsent);
    return there?.size === record.storedSize ? record : null;
  }

  /** Path on this machine, for programs that read it themselves. */
  fileOf(record: SymbolRecord): string {
    return this.pathOf(record.key, record.isTry);
  }

  /** When it was uploaded, given out or walked with; that of its upload where the file is gone. */
  async lastUsed(record: SymbolRecord): Promise<UnixMillis> {
    const file = await stat(this.fileOf(record)).catch(nullWhenAbsent);
    return Math.max(record.uploadedAt, file === null ? 0 : lastUsed(file));
  }

  /** The bytes on disk: of a `.sym`, its gzip. */
  read(record: SymbolRecord): AsyncIterable<Uint8Array> {
    markUsed(this.fileOf(record));
    return createReadStream(this.pathOf(record.key, record.isTry), { highWaterMark: 256 * 1024 });
  }

  remove(record: SymbolRecord): Promise<void> {
    return this.inTurn(record.key, record.isTry, () => this.removeNow(record));
  }

  private async removeNow(record: SymbolRecord): Promise<void> {
    await this.options.records.remove(record);
    const file = this.pathOf(record.key, record.isTry);
    await rm(file, { force: true });
    await removeEmptyFolders(file);
  }

  private pathOf({ debugFile, id, fileName }: SymbolKey, isTry: boolean): string {
    return path.join(isTry ? this.options.tryFolder : this.options.folder, debugFile, id, fileName);
  }
}

/** A removal may take the folder away between the two steps. */
async function moveInto(temporary: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await rename(temporary, target);
      return;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

function announcementProblem(taken: TakenContent, expected: Addition['expected']): string | null {
  if (expected === undefined) return null;
  const isSame = taken.size === expected.size && taken.md5 === expected.md5;
  return isSame ? null : 'it is not the file that was announced: size or MD5 differ';
}

/** `<debug file>/<DEBUG ID>/<name>.sym`; null when that can't be a path. */
function keyOf(header: SymHeader | null): SymbolKey | null {
  const place = header === null ? null : breakpadPath(header);
  return place === null ? null : symbolKeyOf(`${place.folder}/${place.id}/${place.file}`);
}

function contentsProblem(header: SymHeader | null, key: SymbolKey | null): string | null {
  if (header === null) return 'it does not begin with a MODULE record';
  const wanted = key === null ? null : normalDebugId(key.id);
  if (wanted !== null && header.debugId !== wanted) return `it is for ${header.debugFile}/${header.debugId}`;
  return null;
}

/** What is wrong with the file itself, not with us; null for the rest. */
function contentProblem(error: unknown): string | null {
  if (isFaultlineError(error) && (error.kind === 'TooLarge' || error.code === 'ZIP_MEMBER_DAMAGED'))
    return error.message;
  return systemErrorCode(error).startsWith('Z_') ? 'its gzip is damaged' : null;
}

export function missingFile(key: SymbolKey): FaultlineError {
  return new FaultlineError('NotFound', 'SYMBOL_FILE_UNKNOWN', `There is no ${keyText(key)}.`);
}
