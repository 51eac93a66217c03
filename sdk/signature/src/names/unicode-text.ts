/**
 * Text as Socorro's Python counts it: by code points (JavaScript counts UTF-16 units) and with the white space of
 * `str.isspace`, which has the separators U+001C to U+001F and U+0085 and lacks U+FEFF.
 */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'g');
const isSpaceOnly = new RegExp(`^[${space}]$`);

/** Without white space at both ends. Scans from the ends: linear, whatever the text. */
export function trimSpace(text: string): string {
  return trimSpaceEnd(text, firstNonSpace(text));
}

function trimSpaceEnd(text: string, from = 0): string {
  let end = text.length;
  while (end > from && isSpaceOnly.test(text.charAt(end - 1))) end--;
  return text.slice(from, end);
}

function firstNonSpace(text: string): number {
  let start = 0;
  while (start < text.length && isSpaceOnly.test(text.charAt(start))) start++;
  return start;
}

/** Every run of white space becomes one space. */
export function collapseSpace(text: string): string {
  return text.replace(spaces, ' ');
}

const lineEnd = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/;

/** The first `count` lines, as `str.splitlines` ends them: a line end at the very end begins no further line. */
export function firstLines(text: string, count: number): string[] {
  const lines = text.split(lineEnd, count + 1);
  if (lines.length <= count && lines.at(-1) === '') lines.pop();
  return lines.slice(0, count);
}

/** The first `count` code points. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text;
  // No text of `count` code points is longer than twice as many units.
  return Array.from(text.slice(0, count * 2))
    .slice(0, count)
    .join('');
}

/** Whether the text has more than `count` code points. */
export function isLongerThan(text: string, count: number): boolean {
  return text.length > count && firstCodePoints(text, count).length < text.length;
}

/** Sort order by code point, as Python sorts texts. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}
