/** A stack as text, to paste into a chat (plain) or a ticket (Markdown). */
import type { StackFrame, StackThread } from './stack-model.js';
import { trustWords } from './frame-trust.js';
import { visibleWhole } from './visible-text.js';

/** "decode.rs:9", "" when unknown. */
export function sourcePlace(file: string, line: number | null): string {
  if (file === '') return '';
  return line === null ? file : `${file}:${line}`;
}

/** The last part of a path or URL-like source name (`git:host:path:revision` included). */
export function baseName(file: string): string {
  const mapped = /^(?:git|hg|s3):[^:]*:([^:]*):/.exec(file)?.[1] ?? file;
  return mapped.slice(Math.max(mapped.lastIndexOf('/'), mapped.lastIndexOf('\\')) + 1);
}

/** What to call a frame: function, else module and offset, else the bare address. */
export function frameName(frame: Pick<StackFrame, 'function' | 'module' | 'moduleOffset' | 'offset'>): string {
  if (frame.function !== '') return frame.function;
  if (frame.module !== '') return `${frame.module} + ${shortAddress(frame.moduleOffset)}`;
  return shortAddress(frame.offset);
}

/** `0x000000000000001c` as `0x1c`. */
export function shortAddress(address: string): string {
  return address.replace(/^0x0+(?=[0-9a-f])/i, '0x');
}

export function stackAsText(thread: StackThread): string {
  const head = `Thread ${thread.index}${thread.name === '' ? '' : ` (${visibleWhole(thread.name)})`}${thread.isCrashing ? ', crashed' : ''}`;
  return `${[head, ...frameLines(thread)].join('\n')}\n`;
}

export function stackAsMarkdown(thread: StackThread, options: { title: string; link: string }): string {
  const fence = '```';
  const body = frameLines(thread).join('\n').replaceAll('```', "'''");
  const head = `**${markdownText(options.title)}** ([report](${options.link}))`;
  return `${head}\n\n${fence}\n${body}\n${fence}\n`;
}

function frameLines(thread: StackThread): string[] {
  return thread.frames.flatMap((frame) => {
    if (frame.truncated !== '') return [`    ... ${visibleWhole(frame.truncated)}`];
    const module = frame.module === '' ? '' : ` [${visibleWhole(frame.module)}]`;
    const inlined = frame.inlines.map((inline) =>
      line(frame.number, `${visibleWhole(inline.function)}${module} (inlined)`, sourcePlace(inline.file, inline.line)),
    );
    const doubt = trustWords(frame.trust).level === 'doubtful' ? ' (guess)' : '';
    const own = `${visibleWhole(frameName(frame))}${frame.function === '' ? '' : module}${doubt}`;
    return [...inlined, line(frame.number, own, sourcePlace(frame.file, frame.line))];
  });
}

function line(number: number, what: string, place: string): string {
  return `${String(number).padStart(3)}  ${what}${place === '' ? '' : `  at ${visibleWhole(place)}`}`;
}

function markdownText(value: string): string {
  return visibleWhole(value).replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
