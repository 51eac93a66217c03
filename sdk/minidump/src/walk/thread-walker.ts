import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { WalkedFrame } from '../model/frame.js';
import type { ShadowStack } from '../reader/contexts/shadow-stack.js';
import { pointerSize } from '../model/cpu.js';
import { windowsError } from '../reason/windows-reason.js';
import { type ModuleMap, type UnwindLimits, unwindThread } from '../unwind/index.js';
import type { CrashDump, DumpThread } from './crash-dump.js';
import type { SymbolLookups } from './symbol-lookups.js';
import type { WalkedShadowStack, WalkedThread } from './walk-result.js';

/** Frames and shadow stack are in one order, so each entry confirms the next frame that returns there. */
function confirmFrames(frames: readonly WalkedFrame[], shadowStack: ShadowStack): WalkedShadowStack {
  const confirmedFrames: number[] = [];
  let next = 0;
  for (const [index, { resumeAddress }] of frames.entries()) {
    if (index === 0) continue;
    const at = shadowStack.returnAddresses.indexOf(resumeAddress, next);
    if (at === -1) continue;
    confirmedFrames.push(index);
    next = at + 1;
  }
  return { ...shadowStack, confirmedFrames };
}

export interface ThreadWalkerInput {
  dump: CrashDump;
  modules: ModuleMap;
  lookups: SymbolLookups;
  /** Whether the process could run code at an address; null when the dump doesn't say. */
  isExecutable: (address: AbsoluteAddress) => boolean | null;
  limits: (index: number) => UnwindLimits;
  isAsked: (index: number) => boolean;
  signal: AbortSignal | undefined;
  onFrame: ((frame: WalkedFrame, thread: { index: number; threadId: number }) => void) | undefined;
}

/** Walks the threads of one dump. */
export class ThreadWalker {
  constructor(private readonly input: ThreadWalkerInput) {}

  async walk(index: number): Promise<WalkedThread> {
    const thread = this.input.dump.threads[index];
    if (thread === undefined) throw new RangeError(`No thread ${index}`);
    const walked: WalkedThread = {
      index,
      threadId: thread.threadId,
      name: thread.name,
      frames: [],
      stackRange: null,
      lastError: thread.isDumpWriter ? null : await this.lastError(thread),
      status: 'walked',
      shadowStack: null,
      summary: null,
    };
    if (thread.isDumpWriter) return { ...walked, status: 'dump-writer' };
    if (!this.input.isAsked(index)) return { ...walked, status: 'not-asked' };
    const context = await thread.context();
    if (context === null) return { ...walked, status: 'no-context' };
    const { dump, modules, lookups, isExecutable, limits, signal, onFrame } = this.input;
    const stack = await thread.stack(context);
    if (stack !== null) {
      walked.stackRange = { start: stack.start, end: stack.start + BigInt(stack.bytes.byteLength) };
    }
    const walk = unwindThread({
      cpu: dump.system.cpu,
      os: dump.system.os,
      context,
      stack,
      modules,
      symbols: (module) => lookups.symbolsOf(module),
      recoverSymbols: (module, failed, error) => lookups.symbolsInPlaceOf(module, failed, error),
      isExecutable,
      limits: limits(index),
      signal,
    });
    for (;;) {
      const step = await walk.next();
      if (step.done === true) {
        const shadowStack = await thread.shadowStack();
        walked.shadowStack = shadowStack === null ? null : confirmFrames(walked.frames, shadowStack);
        return { ...walked, summary: step.value };
      }
      walked.frames.push(step.value);
      onFrame?.(step.value, { index, threadId: thread.threadId });
    }
  }

  /**
   * `GetLastError` of a thread: a number 13 pointers into its environment block. Writers fill the block's address
   * outside Windows too (0 mostly), so whatever memory is there is read, as rust-minidump does.
   */
  private async lastError(thread: DumpThread): Promise<string | null> {
    const { dump } = this.input;
    const address = thread.teb + 13n * BigInt(pointerSize(dump.system.cpu));
    if (address >= 0x1_0000_0000_0000_0000n) return null;
    const code = await dump.memory.readNumber(address, 4);
    return code === null ? null : windowsError(Number(code));
  }
}
