import {
  crashReason,
  walkJson,
  type CrashDump,
  type JsonObject,
  type WalkedFrame,
  type WalkedThread,
  type WalkResult,
} from '@faultline/minidump';

/** Frames that are shown before the walk ends; of a dump with more only the crashing thread grows on the screen. */
const mostEarlyFrames = 4000;

/** The walk's JSON while it is going on: threads as far as they are known. */
export class PartialResult {
  private readonly frames: WalkedFrame[][];
  private count = 0;

  private constructor(
    private readonly dump: CrashDump,
    private readonly crash: WalkResult['crash'],
  ) {
    this.frames = dump.threads.map(() => []);
  }

  static async of(dump: CrashDump): Promise<PartialResult> {
    const crash = dump.exception === null ? null : await crashReason(dump.exception, dump.system);
    return new PartialResult(dump, crash);
  }

  get frameCount(): number {
    return this.count;
  }

  add(frame: WalkedFrame, threadIndex: number): void {
    this.count += 1;
    if (this.count <= mostEarlyFrames || threadIndex === this.dump.requestingThread) {
      this.frames[threadIndex]?.push(frame);
    }
  }

  json(): JsonObject {
    return walkJson({
      dump: this.dump,
      crash: this.crash,
      analysis: null,
      code: new Map(),
      threads: this.dump.threads.map((thread, index) => this.thread(index, thread)),
      threadGroups: [],
      requestingThread: this.dump.requestingThread,
      symbols: new Map(),
      certificates: new Map(),
      microcode: this.dump.facts.microcode,
      problems: [...this.dump.problems()],
    });
  }

  private thread(index: number, { threadId, name }: { threadId: number; name: string | null }): WalkedThread {
    return {
      index,
      threadId,
      name,
      frames: this.frames[index] ?? [],
      stackRange: null,
      lastError: null,
      status: 'not-asked',
      shadowStack: null,
      summary: null,
    };
  }
}
