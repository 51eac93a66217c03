/**
 * Function names come with what stands before the name: `static void ns::f(int)`. The name is the last word, where
 * spaces inside brackets and inside `quotes' of MSVC don't part words.
 */
const space = 0x20;

/** Code of the bracket that closes the one with this code; 0 for a character that opens none. */
function closerOf(code: number): number {
  switch (code) {
    case 0x28: // ( )
      return 0x29;
    case 0x3c: // < >
      return 0x3e;
    case 0x5b: // [ ]
      return 0x5d;
    case 0x60: // ` '
      return 0x27;
    case 0x7b: // { }
      return 0x7d;
    default:
      return 0;
  }
}

/** `static void ns::f (int) [clone .cold]` gives `ns::f (int) [clone .cold]`. "" for a name of spaces. */
export function dropReturnType(name: string): string {
  if (!name.includes(' ')) return name;
  const words = wordsOf(name);
  let first = words.length - 1;
  while (first > 0 && belongsToPrevious(words[first] ?? '')) first--;
  return words.slice(Math.max(first, 0)).join(' ');
}

/** Parameters and the compiler's clone marks belong to the word before them. */
function belongsToPrevious(word: string): boolean {
  return word.startsWith('(') || word.startsWith('[clone');
}

function wordsOf(name: string): string[] {
  const words: string[] = [];
  /** Codes of the brackets that are waited for, innermost last. Other closing brackets mean nothing. */
  const open: number[] = [];
  let expected = 0;
  let start = 0;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === expected) {
      open.pop();
      expected = open.at(-1) ?? 0;
      continue;
    }
    const closer = closerOf(code);
    if (closer !== 0) {
      open.push(closer);
      expected = closer;
    } else if (code === space && expected === 0) {
      words.push(name.slice(start, at));
      start = at + 1;
    }
  }
  if (start < name.length) words.push(name.slice(start));
  return words;
}
