import { createHash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Bytes, PartSummary, PartWriter, ReceivedPart } from '@faultline/sdk';
import { storageFailure } from './storage-failure.js';

/** So many chunks become one. */
const mergeAt = 1024;

/** Bytes that go to the file in one piece: a write costs a turn of a thread, whatever its size. */
const writeSize: Bytes = 1024 * 1024;

/** A part while it arrives: its last bytes in memory, and when it is large, what came before in the incoming folder. */
export class IncomingPart implements PartWriter {
  private chunks: Uint8Array[] = [];
  /** Chunks at the front that were many. */
  private merged = 0;
  private size: Bytes = 0;
  private handle: FileHandle | null = null;
  private hasFile = false;
  private readonly hash = createHash('sha256');
  private finished: ReceivedPart | null = null;
  buffered: Bytes = 0;

  constructor(
    private readonly part: { name: string; filename: string; contentType: string },
    /** @param file where it is spooled to; made when needed */
    private readonly options: { file: string; folder: string; largePart: Bytes },
  ) {}

  /** A part that another process has received into this store's incoming folder. */
  static adopt(part: ReceivedPart, options: { folder: string; largePart: Bytes }): IncomingPart {
    const file = 'file' in part.content ? part.content.file : '';
    const adopted = new IncomingPart(part.summary, { ...options, file });
    adopted.finished = part;
    adopted.hasFile = file !== '';
    return adopted;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.hash.update(chunk);
    this.size += chunk.byteLength;
    this.chunks.push(chunk);
    // A client may send single bytes, and each costs an object of a hundred.
    if (this.chunks.length - this.merged >= mergeAt) {
      this.merged = this.chunks.push(Buffer.concat(this.chunks.splice(this.merged)));
    }
    this.buffered += chunk.byteLength;
    return this.buffered >= writeSize ? this.spool() : undefined;
  }

  async spool(): Promise<void> {
    if (this.chunks.length === 0 || this.finished !== null) return;
    const { chunks } = this;
    this.chunks = [];
    this.merged = 0;
    this.buffered = 0;
    try {
      this.handle ??= await this.openFile();
      await writeAll(this.handle, chunks);
    } catch (error) {
      throw await storageFailure(error, this.options.folder);
    }
  }

  async end(): Promise<PartSummary> {
    if (this.finished !== null) return this.finished.summary;
    const content = await this.settle();
    const summary: PartSummary = {
      name: this.part.name,
      filename: this.part.filename,
      contentType: this.part.contentType,
      size: this.size,
      sha256: this.hash.digest('hex'),
    };
    this.finished = { summary, content };
    return summary;
  }

  /** Null before `end`. */
  get received(): ReceivedPart | null {
    return this.finished;
  }

  get name(): string {
    return this.part.name;
  }

  /** The file was renamed away: it is no longer this part's to remove. */
  handOver(): void {
    this.hasFile = false;
  }

  async discard(): Promise<void> {
    this.chunks = [];
    this.buffered = 0;
    await this.handle?.close();
    this.handle = null;
    if (!this.hasFile) return;
    this.hasFile = false;
    await unlink(this.options.file);
  }

  private async openFile(): Promise<FileHandle> {
    const handle = await open(this.options.file, 'wx');
    this.hasFile = true;
    return handle;
  }

  private async settle(): Promise<ReceivedPart['content']> {
    if (this.handle !== null || this.buffered >= this.options.largePart) await this.spool();
    const { handle } = this;
    this.buffered = 0;
    if (handle === null) {
      const [only] = this.chunks;
      const bytes = this.chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.chunks);
      this.chunks = [];
      return { bytes };
    }
    try {
      await handle.datasync();
      await handle.close();
      this.handle = null;
    } catch (error) {
      throw await storageFailure(error, this.options.folder);
    }
    return { file: this.options.file };
  }
}

async function writeAll(handle: FileHandle, chunks: Uint8Array[]): Promise<void> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const { bytesWritten } = await handle.writev(chunks);
  // A write may stop short, at the latest where the disk is full; the next one says why.
  if (bytesWritten < size) await handle.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}
