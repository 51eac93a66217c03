import { crashingThreadOf, listOf, objectOf } from './crash-data.js';
import type { CrashData } from './crash-data.js';
import type { FrameExplanation, FrameReason, FrameVerdict } from './explanation.js';
import type { ListEntry } from './lists/expression-list.js';
import type { SignatureLists } from './lists/signature-lists.js';
import { nameFrame } from './names/frame-name.js';
import type { FrameName } from './names/frame-name.js';

/** Frames looked at, inlined calls included. */
const maxFrames = 40;
const separator = ' | ';

export interface StackSignature {
  signature: string;
  /** All names, joined; null when the thread has no frames. */
  protoSignature: string | null;
  frames: FrameExplanation[];
  notes: string[];
}

/**
 * The signature of a C, C++ or Rust stack (socorro.md section 5.2): names frames, begins at a sentinel, skips
 * irrelevant frames, and takes frames up to the first one that is no prefix.
 */
export function signStack(crash: CrashData, lists: SignatureLists): StackSignature {
  const thread = crashingThreadOf(crash);
  const frames = namedFrames(crash, thread, lists);
  const protoSignature = frames.length === 0 ? null : frames.map(({ name }) => name).join(separator);

  const start = cutAtSentinel(frames, lists);
  const parts = walk(frames, start, lists);
  if (parts.length > 0) return { signature: parts.join(separator), protoSignature, frames, notes: [] };

  const first = frames.slice(start).find(({ name }) => name !== '');
  if (first === undefined) {
    const notes = [`CSignatureTool: no frame data for crashing thread (${thread})`];
    return { signature: 'EMPTY: no frame data available', protoSignature, frames, notes };
  }
  decide(first, 'kept', 'nothing-better');
  const notes = ['CSignatureTool: all frames are irrelevant; the first one stands for them'];
  return { signature: first.name, protoSignature, frames, notes };
}

/** The thread's frames with the calls inlined into each before it, innermost first, at most `maxFrames`. */
function namedFrames(crash: CrashData, threadIndex: number, lists: SignatureLists): FrameExplanation[] {
  const context = { withLineNumbers: lists.withLineNumbers, names: lists.names, isWindows: crash.os === 'Windows NT' };
  const thread = objectOf(listOf(crash.threads)[threadIndex]);
  const named: FrameExplanation[] = [];
  for (const [index, raw] of listOf(thread.frames).entries()) {
    const frame = objectOf(raw);
    for (const [inline, call] of listOf(frame.inlines).entries()) {
      if (named.length === maxFrames) return named;
      // An inlined call has the module and address of the frame it stands in.
      named.push(explain(nameFrame(objectOf(call), frame, context), index, inline));
    }
    if (named.length === maxFrames) return named;
    named.push(explain(nameFrame(frame, frame, context), index, null));
  }
  return named;
}

function explain({ name, source }: FrameName, frame: number, inline: number | null): FrameExplanation {
  const reason = name === '' ? 'no-name' : 'signature-complete';
  return { frame, inline, name, nameSource: source, verdict: 'not-reached', reason };
}

/** Index of the first frame that is a sentinel; 0 when none is. Frames before it are cut. */
function cutAtSentinel(frames: FrameExplanation[], { sentinels }: SignatureLists): number {
  for (const [index, frame] of frames.entries()) {
    const sentinel = sentinels.get(frame.name);
    if (sentinel === undefined) continue;
    frame.sentinel = sentinel;
    for (const before of frames.slice(0, index)) decide(before, 'cut', 'before-sentinel', sentinel);
    return index;
  }
  return 0;
}

/** Takes names until one is no prefix; writes into each frame what became of it. */
function walk(frames: FrameExplanation[], start: number, lists: SignatureLists): string[] {
  const parts: string[] = [];
  for (let index = start; index < frames.length; index++) {
    const frame = frames[index];
    if (frame === undefined) break;
    const isLast = judge(frame, parts.at(-1), lists);
    if (frame.verdict !== 'skipped') parts.push(frame.name);
    if (isLast) break;
  }
  return parts;
}

/** Decides on one frame; true when it ends the signature. */
function judge(frame: FrameExplanation, previous: string | undefined, lists: SignatureLists): boolean {
  const { name } = frame;
  if (name === '') {
    decide(frame, 'skipped', 'no-name');
    return false;
  }
  const irrelevant = lists.irrelevant.match(name);
  if (irrelevant !== null) {
    decide(frame, 'skipped', 'in-irrelevant-list', irrelevant);
    return false;
  }
  if (name === previous && isModuleLike(name)) {
    decide(frame, 'skipped', 'repeats-module');
    return false;
  }
  const prefix = lists.prefix.match(name);
  if (prefix !== null) {
    decide(frame, 'prefixed', 'in-prefix-list', prefix);
    return false;
  }
  decide(frame, 'kept', 'not-a-prefix');
  return true;
}

function decide(frame: FrameExplanation, verdict: FrameVerdict, reason: FrameReason, entry?: ListEntry): void {
  frame.verdict = verdict;
  frame.reason = reason;
  if (entry !== undefined) frame.entry = entry;
}

/** A name that says only in which module the code was: repeats of it say nothing more. */
function isModuleLike(name: string): boolean {
  if (name.startsWith('(unloaded')) return false;
  return /\.(?:dll|so)$/i.test(name) || name === 'XUL' || name === '<name omitted>' || name.startsWith('<unknown in');
}
