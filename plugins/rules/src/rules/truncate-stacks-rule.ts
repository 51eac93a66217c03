import type { JsonValue } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { stackwalkJson, type StackFrame, type StackThread } from '../stackwalk-json.js';

/** Frames kept of a stack; endless recursion gives millions that all say the same. */
const keep = 500;

/**
 * Cuts the middle out of endless stacks: the first 250 frames, a marker that counts what is missing, the last 249.
 * Socorro's loses one frame without counting it; here marker and frames add up.
 */
export const truncateStacksRule: ProcessingRule = {
  id: 'rules/truncate-stacks',
  title: 'Middles of endless stacks',
  version: 1,
  reads: ['json_dump'],
  writes: ['json_dump'],
  applies: ({ processed }) => (stackwalkJson(processed)?.threads ?? []).some(isEndless),
  apply({ processed }) {
    const all = stackwalkJson(processed)?.threads ?? [];
    const threads = all.map((thread) => (isEndless(thread) ? truncate(thread) : thread)) as JsonValue;
    const count = all.filter(isEndless).length;
    return {
      patch: { json_dump: { ...(processed['json_dump'] as Record<string, JsonValue>), threads } },
      notes: [`${count} stacks were longer than ${keep} frames and lost their middle`],
    };
  },
};

function isEndless(thread: StackThread): boolean {
  return (thread.frames?.length ?? 0) > keep;
}

function truncate(thread: StackThread): StackThread {
  const frames = thread.frames ?? [];
  const head = keep / 2;
  const tail = keep / 2 - 1;
  const missing = frames.length - head - tail;
  const marker: StackFrame = { truncated: { msg: `${missing} frames truncated` } };
  return { ...thread, truncated: true, frames: [...frames.slice(0, head), marker, ...frames.slice(-tail)] };
}
