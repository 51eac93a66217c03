import type { StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import type { SymbolKey } from './symbol-key.js';

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
}

const fileKey = ({ debugFile, id, fileName }: SymbolKey, isTry: boolean): StateKey => [
  'symbols',
  isTry ? 'try-file' : 'file',
  debugFile,
  id,
  fileName,
];
const codeKey = (codeFile: string, codeId: string): StateKey => ['symbols', 'code', codeFile.toLowerCase(), codeId];

/** What is known of stored files and uploads, in the shared state. */
export class SymbolRecords {
  constructor(private readonly state: StateStore) {}

  async get(key: SymbolKey, isTry: boolean): Promise<SymbolRecord | null> {
    return (await this.state.get<SymbolRecord>(fileKey(key, isTry)))?.value ?? null;
  }

  async put(record: SymbolRecord): Promise<void> {
    await this.state.set(fileKey(record.key, record.isTry), record);
    if (record.codeId === '' || record.codeFile === '') return;
    const { debugFile, id } = record.key;
    await this.state.set(codeKey(record.codeFile, record.codeId), { debugFile, id });
  }

  async remove(record: SymbolRecord): Promise<void> {
    await this.state.delete(fileKey(record.key, record.isTry));
    if (record.codeId !== '') await this.state.delete(codeKey(record.codeFile, record.codeId));
  }

  /** The module of a code file and code id; null when no stored symbol file names them. */
  async byCode(codeFile: string, codeId: string): Promise<{ debugFile: string; id: string } | null> {
    const entry = await this.state.get<{ debugFile: string; id: string }>(codeKey(codeFile, codeId.toUpperCase()));
    return entry?.value ?? null;
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

  /** Newest first. */
  async uploads(limit: number): Promise<UploadRecord[]> {
    const uploads: UploadRecord[] = [];
    const range = { prefix: ['symbols', 'upload'] as const, reverse: true, limit };
    for await (const { value } of this.state.range<UploadRecord>(range)) uploads.push(value);
    return uploads;
  }
}
