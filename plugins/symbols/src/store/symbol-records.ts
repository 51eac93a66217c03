import type { StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import type { NativeFacts } from '../native/native-file.js';
import { keyText, type SymbolKey } from './symbol-key.js';

/** A stored file. A type, not an interface: it must be a JSON value. */
export interface SymbolRecord {
  key: SymbolKey;
  /** Bytes as uploaded and unpacked; what `md5` is of. */
  size: number;
  /** Bytes on disk; for a `.sym`, of its gzip. */
  storedSize: number;
  md5: string;
  isTry: boolean;
  codeFile: string;
  codeId: string;
  generator: string;
  uploadedAt: UnixMillis;
  uploadedBy: string;
  uploadId: string;
  /** Of a native debug file; absent for `.sym` and other files. */
  native?: NativeFacts;
  /** Lines of a `.sym` that can't be used, known once its index is built. */
  problems?: { total: number; first: { line: number; reason: string }[] };
}

/** One upload, as its answer told it. */
export interface UploadRecord {
  id: string;
  name: string;
  size: number;
  isTry: boolean;
  createdAt: UnixMillis;
  completedAt: UnixMillis | null;
  by: string;
  stored: number;
  skipped: number;
  rejected: { key: string; reason: string }[];
  /** Files that were announced, to be sent one by one; absent for a zip. */
  announced?: number;
  /** Why it ended early; absent when it did not. */
  problem?: string;
}

/** What an upload has become by one step more. */
export interface UploadStep {
  stored: number;
  skipped: number;
  rejected: UploadRecord['rejected'];
}

/** Of one upload, rejections that are kept. */
export const mostRejected = 100;

const fileKey = ({ debugFile, id, fileName }: SymbolKey, isTry: boolean): StateKey => [
  'symbols',
  isTry ? 'try-file' : 'file',
  debugFile,
  id,
  fileName,
];
const codeKey = (codeFile: string, codeId: string): StateKey => ['symbols', 'code', codeFile.toLowerCase(), codeId];

const nativeKey = (id: string, key: string, isTry: boolean): StateKey => [
  'symbols',
  isTry ? 'try-native' : 'native',
  id.toUpperCase(),
  key,
];

/** What is known of stored files and uploads, in the shared state. */
export class SymbolRecords {
  constructor(private readonly state: StateStore) {}

  async get(key: SymbolKey, isTry: boolean): Promise<SymbolRecord | null> {
    return (await this.state.get<SymbolRecord>(fileKey(key, isTry)))?.value ?? null;
  }

  async put(record: SymbolRecord): Promise<void> {
    await this.state.set(fileKey(record.key, record.isTry), record);
    for (const id of idsOf(record)) {
      await this.state.set(nativeKey(id, keyText(record.key), record.isTry), record.key);
    }
    if (record.codeId === '' || record.codeFile === '') return;
    const { debugFile, id } = record.key;
    await this.state.set(codeKey(record.codeFile, record.codeId), { debugFile, id });
  }

  /** Notes what its index says of a file; a file that has been replaced or removed meanwhile has another. */
  async noteProblems({ key, isTry, md5 }: SymbolRecord, problems: SymbolRecord['problems']): Promise<void> {
    await changed<SymbolRecord>(this.state, fileKey(key, isTry), (record) =>
      record.md5 === md5 && problems !== undefined ? { ...record, problems } : record,
    );
  }

  async remove(record: SymbolRecord): Promise<void> {
    await this.state.delete(fileKey(record.key, record.isTry));
    for (const id of idsOf(record)) await this.state.delete(nativeKey(id, keyText(record.key), record.isTry));
    if (record.codeId !== '') await this.state.delete(codeKey(record.codeFile, record.codeId));
  }

  /** The module of a code file and code id; null when no stored symbol file names them. */
  async byCode(codeFile: string, codeId: string): Promise<{ debugFile: string; id: string } | null> {
    const entry = await this.state.get<{ debugFile: string; id: string }>(codeKey(codeFile, codeId.toUpperCase()));
    return entry?.value ?? null;
  }

  /** Native files by a debug id, build id or uuid of theirs. */
  async nativeFiles(id: string, isTry: boolean): Promise<SymbolRecord[]> {
    const records: SymbolRecord[] = [];
    const prefix: StateKey = ['symbols', isTry ? 'try-native' : 'native', id.toUpperCase()];
    for await (const { value } of this.state.range<SymbolKey>({ prefix })) {
      const record = await this.get(value, isTry);
      if (record !== null) records.push(record);
    }
    return records;
  }

  /** In order of their names. */
  async *files(isTry: boolean, after?: SymbolKey): AsyncIterable<SymbolRecord> {
    const prefix: StateKey = ['symbols', isTry ? 'try-file' : 'file'];
    const range = after === undefined ? { prefix } : { prefix, after: fileKey(after, isTry) };
    for await (const { value } of this.state.range<SymbolRecord>(range)) yield value;
  }

  async putUpload(upload: UploadRecord): Promise<void> {
    await this.state.set(['symbols', 'upload', upload.id], upload);
  }

  /** Changes it as it is now, whoever else does; nothing when it is gone. */
  async changeUpload(id: string, change: (upload: UploadRecord) => UploadRecord): Promise<void> {
    await changed<UploadRecord>(this.state, ['symbols', 'upload', id], change);
  }

  /** Removes those that came before; how many. */
  async expireUploads(before: UnixMillis): Promise<number> {
    let count = 0;
    for await (const { key, value } of this.state.range<UploadRecord>({ prefix: ['symbols', 'upload'] })) {
      // Their ids are in the order of their times.
      if (value.createdAt >= before) break;
      await this.state.delete(key);
      count++;
    }
    return count;
  }

  /** Newest first. */
  async uploads(limit: number): Promise<UploadRecord[]> {
    const uploads: UploadRecord[] = [];
    const range = { prefix: ['symbols', 'upload'] as const, reverse: true, limit };
    for await (const { value } of this.state.range<UploadRecord>(range)) uploads.push(value);
    return uploads;
  }
}

async function changed<T extends object>(state: StateStore, key: StateKey, change: (value: T) => T): Promise<void> {
  for (;;) {
    const entry = await state.get<T>(key);
    if (entry === null) return;
    if ((await state.compareAndSet(key, entry.version, change(entry.value))) !== null) return;
  }
}

function idsOf({ native }: SymbolRecord): Set<string> {
  return new Set((native?.modules ?? []).flatMap(({ debugId, codeId }) => [debugId, codeId]).filter((id) => id !== ''));
}
