import { baseName, frameName, sourcePlace } from '../reading/stack-text.js';
import type { StackFrame, StackThread } from '../reading/stack-model.js';

/** One row of the stack: a frame, a call inlined into the frame below it, or a mark for frames that were left out. */
export interface FrameRow {
  /** Stable, part of the address: "3", "3i0" for an inlined call. */
  key: string;
  kind: 'frame' | 'inlined' | 'truncated';
  frame: StackFrame;
  name: string;
  module: string;
  /** File name and line; "" when unknown. */
  place: string;
  /** Whole path of the source. */
  path: string;
  /** Where that is shown on the web; "" when nobody knows. */
  link: string;
  /** First row of a frame and the calls inlined into it. */
  startsFrame: boolean;
  /** The row below belongs to the same physical frame. */
  joinsNext: boolean;
}

export function frameRows(thread: StackThread): FrameRow[] {
  return thread.frames.flatMap((frame, at): FrameRow[] => {
    if (frame.truncated !== '') {
      return [
        row(frame, { key: `t${at}`, kind: 'truncated', name: frame.truncated, startsFrame: true, joinsNext: false }),
      ];
    }
    const inlined = frame.inlines.map((inline, index) =>
      row(frame, {
        key: `${frame.number}i${index}`,
        kind: 'inlined',
        name: inline.function,
        place: placeOf(inline.file, inline.line),
        path: sourcePlace(inline.file, inline.line),
        link: inline.sourceLink,
        startsFrame: index === 0,
        joinsNext: true,
      }),
    );
    const own = row(frame, {
      key: String(frame.number),
      kind: 'frame',
      name: frameName(frame),
      place: placeOf(frame.file, frame.line),
      path: sourcePlace(frame.file, frame.line),
      link: frame.sourceLink,
      startsFrame: inlined.length === 0,
      joinsNext: false,
    });
    return [...inlined, own];
  });
}

function row(
  frame: StackFrame,
  facts: Pick<FrameRow, 'key' | 'kind' | 'name' | 'startsFrame' | 'joinsNext'> & Partial<FrameRow>,
): FrameRow {
  return { frame, module: frame.module, place: '', path: '', link: '', ...facts };
}

function placeOf(file: string, line: number | null): string {
  return sourcePlace(baseName(file), line);
}
