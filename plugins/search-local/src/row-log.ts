/**
 * What has been indexed or removed since the last flush, one record a batch: length and CRC-32 of the body (32 bits
 * each), the body as JSON. A record is durable before its batch can be found; one that was cut by a crash was never
 * acknowledged and ends the log.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { CrashId } from '@faultline/sdk';

/** A crash as it is indexed: texts, numbers (dates in milliseconds, booleans as 0 and 1) and lists by field. */
export interface LoggedRow {
  id: CrashId;
  run: number;
  /** `completed_datetime` in milliseconds; null when it has none. */
  completed: number | null;
  values: Record<string, string | number | string[]>;
}

export type LogRecord =
  | { kind: 'index'; /** Hashes of the definitions by field. */ hashes: Record<string, string>; rows: LoggedRow[] }
  | { kind: 'remove'; ids: CrashId[] };

const headerBytes = 8;

export class RowLog {
  private constructor(
    private readonly file: FileHandle,
    /** Bytes of whole records. */
    private end: number,
  ) {}

  get size(): number {
    return this.end;
  }

  /** Opens for appending behind the last whole record; `replayed` gets what is there. */
  static async open(path: string, replay: (record: LogRecord) => Promise<void>): Promise<RowLog> {
    const file = await open(path, 'a+');
    const bytes = await readFile(path);
    let at = 0;
    for (;;) {
      const record = recordAt(bytes, at);
      if (record === null) break;
      await replay(JSON.parse(record.toString()) as LogRecord);
      at += headerBytes + record.length;
    }
    await file.truncate(at);
    return new RowLog(file, at);
  }

  /** Durable on return. */
  append(record: LogRecord): Promise<void> {
    return this.appendText(JSON.stringify(record));
  }

  /**
   * As `append`, of a batch of rows.
   * @param rows their JSON, or themselves
   */
  appendRows(hashes: ReadonlyMap<string, string>, rows: string | readonly LoggedRow[]): Promise<void> {
    const text = typeof rows === 'string' ? rows : JSON.stringify(rows);
    const kind: LogRecord['kind'] = 'index';
    return this.appendText(`{"kind":"${kind}","hashes":${JSON.stringify(Object.fromEntries(hashes))},"rows":${text}}`);
  }

  private async appendText(text: string): Promise<void> {
    const body = Buffer.from(text);
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32LE(body.length, 0);
    header.writeUInt32LE(crc32(body), 4);
    try {
      await this.file.appendFile(Buffer.concat([header, body]));
      await this.file.datasync();
      this.end += headerBytes + body.length;
    } catch (error) {
      // A half-written record would hide those behind it from the next start.
      await this.file.truncate(this.end);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function recordAt(bytes: Buffer, at: number): Buffer | null {
  if (at + headerBytes > bytes.length) return null;
  const length = bytes.readUInt32LE(at);
  const start = at + headerBytes;
  if (start + length > bytes.length) return null;
  const body = bytes.subarray(start, start + length);
  return crc32(body) === bytes.readUInt32LE(at + 4) ? body : null;
}
