import type { ListEntry } from './lists/expression-list.js';
import type { NameSource } from './names/frame-name.js';

/** What became of a frame. */
export type FrameVerdict =
  /** In the signature, and the last of it. */
  | 'kept'
  /** In the signature, and the next frame is looked at. */
  | 'prefixed'
  /** Looked at and left out. */
  | 'skipped'
  /** Stands before the sentinel that the stack was cut at. */
  | 'cut'
  /** Stands after the frame that ended the signature. */
  | 'not-reached';

/** Why. */
export type FrameReason =
  | 'not-a-prefix'
  | 'in-prefix-list'
  | 'in-irrelevant-list'
  | 'no-name'
  | 'repeats-module'
  | 'before-sentinel'
  | 'signature-complete'
  /** All frames were irrelevant, so the first stands for them. */
  | 'nothing-better';

/** One frame of the signed thread, inlined calls counted as frames. */
export interface FrameExplanation {
  /** Index into the thread's `frames`. */
  frame: number;
  /** Index into that frame's `inlines`; null for the frame itself. */
  inline: number | null;
  /** The name it has in signatures; "" when nothing is known of it. */
  name: string;
  nameSource: NameSource;
  verdict: FrameVerdict;
  reason: FrameReason;
  /** The line of a list that decided; absent when none did. */
  entry?: ListEntry;
  /** The stack was cut to begin here, by this line of the sentinels. */
  sentinel?: ListEntry;
}

/** What one rule did to the signature. */
export interface SignatureStep {
  rule: string;
  before: string;
  after: string;
}
