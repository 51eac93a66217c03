import { newline } from './byte-class.js';

/** What becomes of the lines; positions are within `bytes`, valid only during the call. */
export interface LineTaker {
  /** One or more whole lines; `bytes[end - 1]` is a newline. */
  takeLines(bytes: Uint8Array, start: number, end: number): void;
  /** A line that is longer than the limit was dropped; `bytes` holds its beginning. */
  takeLongLine(bytes: Uint8Array): void;
}

/** Cuts chunks into runs of whole lines. What follows the last newline of a chunk is kept, up to a limit. */
export class WholeLines {
  private pieces: Uint8Array[] = [];
  private length = 0;
  private isSkipping = false;

  constructor(
    private readonly taker: LineTaker,
    private readonly maxLineBytes: number,
  ) {}

  /** The chunk is not kept; it may be reused after the call. */
  push(chunk: Uint8Array): void {
    // A Buffer has another hidden class; one class keeps the hot loop monomorphic.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    if (this.length > 0 || this.isSkipping) {
      start = bytes.indexOf(newline) + 1;
      if (start === 0) return this.keep(bytes);
      this.keep(bytes.subarray(0, start));
      this.takeKept();
    }
    const end = Math.max(start, bytes.lastIndexOf(newline) + 1);
    if (end > start) this.taker.takeLines(bytes, start, end);
    this.keep(bytes.subarray(end));
  }

  /** Ends the last line if it does not end itself, and returns it in that case. */
  finish(): Uint8Array | null {
    if (this.length === 0) return null;
    const last = this.joined();
    this.keep(new Uint8Array([newline]));
    this.takeKept();
    return last;
  }

  private keep(bytes: Uint8Array): void {
    if (this.isSkipping || bytes.length === 0) return;
    if (this.length + bytes.length > this.maxLineBytes) {
      this.taker.takeLongLine(this.pieces[0] ?? bytes);
      this.clear();
      this.isSkipping = true;
      return;
    }
    this.pieces.push(bytes.slice());
    this.length += bytes.length;
  }

  private takeKept(): void {
    if (!this.isSkipping) {
      const line = this.joined();
      this.clear();
      this.taker.takeLines(line, 0, line.length);
    }
    this.isSkipping = false;
  }

  private joined(): Uint8Array {
    const line = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      line.set(piece, at);
      at += piece.length;
    }
    return line;
  }

  private clear(): void {
    this.pieces = [];
    this.length = 0;
  }
}
