/** How a class is written in a trace: `java.lang.Error`, `a.b.C$D`. Anything else could be part of a message. */
const className = /^[\p{L}_$][\p{L}\p{N}_$.-]*$/u;

/** What may follow the frames of the exception that was thrown: suppressed ones, causes, frames left out. */
const otherExceptions = /^(\t*Suppressed: |\t*Caused by: |\t*\[?CIRCULAR REFERENCE|\t\.\.\. \d+ (more|common frames))/;

/**
 * A stack trace without messages: the class of what was thrown, then its frames as they were printed, one a line
 * with a tab before. Causes and suppressed exceptions are left out with their messages. Null for a text that is no
 * such trace.
 */
export function publicStackTrace(trace: string): string | null {
  const [first = '', ...rest] = trace.replace(/\s+$/, '').split(/\r?\n/);
  const colon = first.indexOf(':');
  const thrown = (colon < 0 ? first : first.slice(0, colon)).trim();
  if (!className.test(thrown)) return null;
  const start = rest.findIndex((line) => line.startsWith('\tat '));
  // The lines between are the rest of the message.
  if (start < 0) return rest.length === 0 ? thrown : null;
  const frames: string[] = [];
  for (const line of rest.slice(start)) {
    if (otherExceptions.test(line)) break;
    if (!line.startsWith('\tat ')) return null;
    frames.push(line);
  }
  return [thrown, ...frames].join('\n');
}
