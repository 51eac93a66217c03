import { crashingThreadOf, listOf, objectOf } from './crash-data.js';
import type { CrashData } from './crash-data.js';
import type { FrameExplanation, FrameReason, FrameVerdict } from './explanation.js';
import type { ListEntry } from './lists/expression-list.js';
import type { SignatureLists } from './lists/signature-lists.js';
import { nameFrame } from './names/frame-name.js';
import type { FrameName } from './names/frame-name.js';
import type { KnownName } from './names/known-name.js';

/** Frames looked at, inlined calls included, unless fewer are asked for. */
export const mostFrames = 40;
const separator = ' | ';

export interface StackSignature {
  signature: string;
  /** All names, joined; null when the thread has no frames. */
  protoSignature: string | null;
  frames: FrameExplanation[];
  notes: string[];
}

/** A frame on its way through the algorithm. */
interface NamedFrame {
  known: KnownName;
  explanation: FrameExplanation;
}

/**
 * The signature of a C, C++ or Rust stack (socorro.md section 5.2): names frames, begins at a sentinel, skips
 * irrelevant frames, and takes frames up to the first one that is no prefix.
 */
export function signStack(crash: CrashData, lists: SignatureLists, frameLimit: number = mostFrames): StackSignature {
  const thread = crashingThreadOf(crash);
  const named = namedFrames(crash, thread, lists, Math.min(frameLimit, mostFrames));
  const frames = named.map(({ explanation }) => explanation);
  const protoSignature = frames.length === 0 ? null : frames.map(({ name }) => name).join(separator);

  const start = cutAtSentinel(named, lists);
  const parts = walk(named, start, lists);
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

/** The thread's frames with the calls inlined into each before it, innermost first, at most `limit`. */
function namedFrames(crash: CrashData, threadIndex: number, lists: SignatureLists, limit: number): NamedFrame[] {
  const context = { withLineNumbers: lists.withLineNumbers, names: lists.names, isWindows: crash.os === 'Windows NT' };
  const thread = objectOf(listOf(crash.threads)[threadIndex]);
  const named: NamedFrame[] = [];
  for (const [index, raw] of listOf(thread.frames).entries()) {
    const frame = objectOf(raw);
    for (const [inline, call] of listOf(frame.inlines).entries()) {
      if (named.length === limit) return named;
      // An inlined call has the module and address of the frame it stands in.
      named.push(explain(nameFrame(objectOf(call), frame, context), index, inline));
    }
    if (named.length === limit) return named;
    named.push(explain(nameFrame(frame, frame, context), index, null));
  }
  return named;
}

function explain({ known, source }: FrameName, frame: number, inline: number | null): NamedFrame {
  const { name } = known;
  const reason = name === '' ? 'no-name' : 'signature-complete';
  return { known, explanation: { frame, inline, name, nameSource: source, verdict: 'not-reached', reason } };
}

/** Index of the first frame that is a sentinel; 0 when none is. Frames before it are cut. */
function cutAtSentinel(frames: readonly NamedFrame[], { sentinels }: SignatureLists): number {
  for (const [index, { known, explanation }] of frames.entries()) {
    const sentinel = known.sentinelIn(sentinels);
    if (sentinel === null) continue;
    explanation.sentinel = sentinel;
    for (const before of frames.slice(0, index)) decide(before.explanation, 'cut', 'before-sentinel', sentinel);
    return index;
  }
  return 0;
}

/** Takes names until one is no prefix; writes into each frame what became of it. */
function walk(frames: readonly NamedFrame[], start: number, lists: SignatureLists): string[] {
  const parts: string[] = [];
  for (let index = start; index < frames.length; index++) {
    const frame = frames[index];
    if (frame === undefined) break;
    const isLast = judge(frame, parts.at(-1), lists);
    if (frame.explanation.verdict !== 'skipped') parts.push(frame.known.name);
    if (isLast) break;
  }
  return parts;
}

/** Decides on one frame; true when it ends the signature. */
function judge({ known, explanation }: NamedFrame, previous: string | undefined, lists: SignatureLists): boolean {
  const { name } = known;
  if (name === '') {
    decide(explanation, 'skipped', 'no-name');
    return false;
  }
  const irrelevant = known.irrelevantIn(lists.irrelevant);
  if (irrelevant !== null) {
    decide(explanation, 'skipped', 'in-irrelevant-list', irrelevant);
    return false;
  }
  if (name === previous && isModuleLike(name)) {
    decide(explanation, 'skipped', 'repeats-module');
    return false;
  }
  const prefix = known.prefixIn(lists.prefix);
  if (prefix !== null) {
    decide(explanation, 'prefixed', 'in-prefix-list', prefix);
    return false;
  }
  decide(explanation, 'kept', 'not-a-prefix');
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
