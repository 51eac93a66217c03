/**
 * Outermost bracketed parts of a function name: `<...>` of templates, `(...)` of parameters. Linear in the length of
 * the name; nesting is counted, never recursed into.
 */

export interface Brackets {
  open: string;
  close: string;
}
export const angleBrackets: Brackets = { open: '<', close: '>' };
export const parentheses: Brackets = { open: '(', close: ')' };
export const squareBrackets: Brackets = { open: '[', close: ']' };

/**
 * The name with each outermost bracketed part replaced.
 * @param replace gets the part with its brackets (without the closing one when the name ends before it) and the text
 *   between the previous part and this one; `isClosed` is false for a part that runs to the end of the name
 */
export function replaceEnclosed(
  name: string,
  { open, close }: Brackets,
  replace: (part: string, before: string, isClosed: boolean) => string,
): string {
  let start = name.indexOf(open);
  if (start < 0) return name;
  let result = '';
  let copied = 0;
  while (start >= 0) {
    const closing = closingBracket(name, start, open, close);
    const end = closing < 0 ? name.length : closing + 1;
    const before = name.slice(copied, start);
    result += before + replace(name.slice(start, end), before, closing >= 0);
    copied = end;
    start = name.indexOf(open, end);
  }
  return result + name.slice(copied);
}

/** Index of the bracket that closes the one at `start`; -1 when none does. */
function closingBracket(name: string, start: number, open: string, close: string): number {
  const openCode = open.charCodeAt(0);
  const closeCode = close.charCodeAt(0);
  let depth = 0;
  for (let at = start; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === openCode) depth++;
    else if (code === closeCode && --depth === 0) return at;
  }
  return -1;
}
