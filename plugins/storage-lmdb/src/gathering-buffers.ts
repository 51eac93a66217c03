import type { Bytes, Milliseconds } from '@faultline/sdk';

/** Bytes that go to a file in one piece: a write costs a turn of a thread, whatever its size. */
export const gatherSize: Bytes = 512 * 1024;

/** So long the buffers of a busy time are kept. */
const keptFor: Milliseconds = 5000;

/**
 * Buffers that large parts are gathered in on their way to a file, used again and again.
 *
 * Folklore: the chunks of a request lie outside the heap. Kept until a megabyte was together they outlived two rounds
 * of the young generation, and only whole collections freed them: one for each twenty reports of 1 MB, half of what
 * these cost (`--trace-gc`, Node 20). Copied here, a chunk dies young.
 */
export class GatheringBuffers {
  private free: Buffer[] = [];
  private timer: NodeJS.Timeout | null = null;
  private isIdle = false;

  take(): Buffer {
    this.isIdle = false;
    return this.free.pop() ?? Buffer.allocUnsafeSlow(gatherSize);
  }

  /** Nobody may write from it or into it any more. */
  give(buffer: Buffer): void {
    this.free.push(buffer);
    this.timer ??= setTimeout(() => this.letGo(), keptFor).unref();
  }

  private letGo(): void {
    this.timer = null;
    if (this.isIdle) {
      this.free = [];
      return;
    }
    this.isIdle = true;
    this.timer = setTimeout(() => this.letGo(), keptFor).unref();
  }
}
