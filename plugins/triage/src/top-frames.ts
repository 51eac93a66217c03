import type { GroupDetail } from '@faultline/sdk/api';

const mostFrames = 10;

/** The first frames of a stack walk's crashing thread; empty when it has none. */
export function topFrames(walk: unknown): GroupDetail['topFrames'] {
  return walkedFrames(walk, mostFrames);
}

export function walkedFrames(walk: unknown, limit: number): GroupDetail['topFrames'] {
  const frames = member(member(walk, 'crashing_thread'), 'frames');
  if (!Array.isArray(frames)) return [];
  return frames.slice(0, limit).map((frame) => ({
    function: text(frame, 'function') || text(frame, 'offset'),
    module: text(frame, 'module'),
    file: text(frame, 'file'),
    trust: text(frame, 'trust'),
  }));
}

function text(frame: unknown, key: string): string {
  const value = member(frame, key);
  return typeof value === 'string' ? value : '';
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
