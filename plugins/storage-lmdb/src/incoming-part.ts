import { createHash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Bytes, PartSummary, PartWriter, ReceivedPart } from '@faultline/sdk';
import { gatherSize } from './gathering-buffers.js';
import type { GatheringBuffers } from './gathering-buffers.js';
import { storageFailure } from './storage-failure.js';

/** So many chunks become one. */
const mergeAt = 1024;

/** A part of so many bytes is gathered rather than kept in the chunks it came in. */
const gatherFrom: Bytes = 128 * 1024;

export interface IncomingPartOptions {
  /** Where it is spooled to; made when needed. */
  file: string;
  /** Of the store: its disk is looked at when a write fails. */
  folder: string;
  largePart: Bytes;
  buffers: GatheringBuffers;
}

/** A part while it arrives: its last bytes in memory, and when it is large, what came before in the incoming folder. */
export class IncomingPart implements PartWriter {
  private chunks: Uint8Array[] = [];
  /** Chunks at the front that were many. */
  private merged = 0;
  private size: Bytes = 0;
  /** Takes the place of the chunks once they are many bytes. */
  private gathered: { buffer: Buffer; filled: Bytes } | null = null;
  private handle: FileHandle | null = null;
  private hasFile = false;
  private readonly hash = createHash('sha256');
  private finished: ReceivedPart | null = null;
  buffered: Bytes = 0;

  constructor(
    private readonly part: { name: string; filename: string; contentType: string },
    private readonly options: IncomingPartOptions,
  ) {}

  /** A part that another process has received into this store's incoming folder. */
  static adopt(part: ReceivedPart, options: Omit<IncomingPartOptions, 'file'>): IncomingPart {
    const file = 'file' in part.content ? part.content.file : '';
    const adopted = new IncomingPart(part.summary, { ...options, file });
    adopted.finished = part;
    adopted.hasFile = file !== '';
    return adopted;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.hash.update(chunk);
    this.size += chunk.byteLength;
    if (this.gathered === null && this.buffered + chunk.byteLength < gatherFrom) return this.keep(chunk);
    const { buffer, filled } = (this.gathered ??= this.gather());
    if (filled + chunk.byteLength > gatherSize) return this.overflow(chunk);
    buffer.set(chunk, filled);
    this.gathered.filled += chunk.byteLength;
  }

  async spool(): Promise<void> {
    if (this.finished !== null) return;
    const { gathered, chunks } = this;
    const pieces = gathered === null ? chunks : [gathered.buffer.subarray(0, gathered.filled)];
    if (this.buffered > 0) await this.append(pieces);
    this.dropChunks();
    this.giveBack();
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

  /** Whether there is something to discard. */
  get hasLeft(): boolean {
    return this.hasFile || this.handle !== null || this.buffered > 0;
  }

  async discard(): Promise<void> {
    this.dropChunks();
    this.giveBack();
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

  private keep(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    // A client may send single bytes, and each costs an object of a hundred.
    if (this.chunks.length - this.merged >= mergeAt) {
      this.merged = this.chunks.push(Buffer.concat(this.chunks.splice(this.merged)));
    }
    this.buffered += chunk.byteLength;
  }

  private gather(): { buffer: Buffer; filled: Bytes } {
    const buffer = this.options.buffers.take();
    let filled = 0;
    for (const chunk of this.chunks) {
      buffer.set(chunk, filled);
      filled += chunk.byteLength;
    }
    this.dropChunks();
    this.buffered = gatherSize;
    return { buffer, filled };
  }

  /** Writes what is full, as often as the chunk asks for. */
  private async overflow(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (this.gathered !== null && rest.byteLength > 0) {
      const { gathered } = this;
      const taken = Math.min(rest.byteLength, gatherSize - gathered.filled);
      gathered.buffer.set(rest.subarray(0, taken), gathered.filled);
      rest = rest.subarray(taken);
      gathered.filled += taken;
      if (gathered.filled < gatherSize) return;
      await this.append([gathered.buffer]);
      gathered.filled = 0;
    }
  }

  private async append(pieces: Uint8Array[]): Promise<void> {
    try {
      this.handle ??= await this.openFile();
      await writeAll(this.handle, pieces);
    } catch (error) {
      throw await storageFailure(error, this.options.folder);
    }
  }

  private dropChunks(): void {
    this.chunks = [];
    this.merged = 0;
    this.buffered = 0;
  }

  private giveBack(): void {
    if (this.gathered !== null) this.options.buffers.give(this.gathered.buffer);
    this.gathered = null;
    this.buffered = 0;
  }

  private async settle(): Promise<ReceivedPart['content']> {
    if (this.handle !== null || this.size >= this.options.largePart) await this.spool();
    const { handle } = this;
    if (handle === null) {
      const bytes = this.bytes();
      this.dropChunks();
      this.giveBack();
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

  /** Their own: a gathering buffer is another part's a moment later. */
  private bytes(): Uint8Array {
    if (this.gathered !== null) return Buffer.from(this.gathered.buffer.subarray(0, this.gathered.filled));
    const [only] = this.chunks;
    return this.chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.chunks);
  }
}

async function writeAll(handle: FileHandle, chunks: Uint8Array[]): Promise<void> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const { bytesWritten } = await handle.writev(chunks);
  // A write may stop short, at the latest where the disk is full; the next one says why.
  if (bytesWritten < size) await handle.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}
