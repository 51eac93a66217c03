import type { FrameExplanation, Signature } from '@faultline/signature';

const words: Record<FrameExplanation['reason'], string> = {
  'not-a-prefix': 'ends the signature: in neither list',
  'in-prefix-list': 'kept, and the next frame is added',
  'in-irrelevant-list': 'left out',
  'no-name': 'left out: nothing is known of it',
  'repeats-module': 'left out: repeats the module before',
  'before-sentinel': 'cut: the stack begins further down',
  'signature-complete': 'not reached',
  'nothing-better': 'kept: all frames are irrelevant, the first one stands for them',
};

/** The explanation for a person at a terminal: the frames from the top, then what each rule did. */
export function explanationText({ signature, frames, steps, notes }: Signature): string {
  const width = Math.min(60, Math.max(0, ...frames.map(({ name }) => name.length)));
  const lines = [`signature: ${signature}`, ''];
  if (frames.length > 0) lines.push('frames:', ...frames.map((frame) => frameLine(frame, width)), '');
  lines.push('rules:', ...steps.map(({ rule, before, after }) => `  ${rule}: ${quote(before)} -> ${quote(after)}`));
  if (notes.length > 0) lines.push('', 'notes:', ...notes.map((note) => `  ${note}`));
  return `${lines.join('\n')}\n`;
}

function frameLine(frame: FrameExplanation, width: number): string {
  const mark = frame.verdict === 'kept' || frame.verdict === 'prefixed' ? '*' : ' ';
  const index = `${frame.frame}${frame.inline === null ? '' : `.${frame.inline}`}`.padStart(4);
  const entry = frame.entry === undefined ? '' : ` [${frame.entry.file}:${frame.entry.line} ${frame.entry.expression}]`;
  const sentinel = frame.sentinel === undefined ? '' : ` (sentinel, ${frame.sentinel.file}:${frame.sentinel.line})`;
  return ` ${mark}${index}  ${(frame.name || '(no name)').padEnd(width)}  ${words[frame.reason]}${entry}${sentinel}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
