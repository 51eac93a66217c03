/**
 * Signature lists are written in Python's regular expressions; RE2 lacks some of it and spells some otherwise. This
 * scanner rewrites the spelling (`\Z`, and `$`, which in Python also stands before a line feed at the end), and tells
 * what our matching and warnings need to know.
 */
export interface ReadExpression {
  /** The same expression for RE2. */
  re2: string;
  /** What the expression matches when it is no more than a plain text, else null. */
  literal: string | null;
  /** A repeated group holds a repetition: harmless here, but a backtracking engine can hang on it. */
  hasNestedRepetition: boolean;
}

const special = new Set('.^$*+?{}[]|()\\');

export function readPythonExpression(source: string): ReadExpression {
  let re2 = '';
  let literal: string | null = '';
  let hasNestedRepetition = false;
  /** For each open group, whether a repetition stands in it. */
  const groups: boolean[] = [];
  let closedRepeats = false;

  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '\\') {
      const escaped = source.charAt(++at);
      re2 += escaped === 'Z' ? '\\z' : `\\${escaped}`;
      literal = literal !== null && isEscapedPunctuation(escaped) ? literal + escaped : null;
      closedRepeats = false;
    } else if (character === '[') {
      const end = endOfClass(source, at);
      re2 += source.slice(at, end);
      at = end - 1;
      literal = null;
      closedRepeats = false;
    } else if (!special.has(character)) {
      re2 += character;
      if (literal !== null) literal += character;
      closedRepeats = false;
    } else {
      literal = null;
      re2 += character === '$' ? '(?:\\n?\\z)' : character;
      if (character === '(') groups.push(false);
      const isRepetition = character === '*' || character === '+' || (character === '{' && isCount(source, at));
      if (isRepetition) {
        hasNestedRepetition ||= closedRepeats;
        if (groups.length > 0) groups[groups.length - 1] = true;
      }
      const inner: boolean = character === ')' && (groups.pop() ?? false);
      if (inner && groups.length > 0) groups[groups.length - 1] = true;
      closedRepeats = inner;
    }
  }
  return { re2, literal, hasNestedRepetition };
}

/** An escaped letter or digit has a meaning of its own; an escaped sign of ASCII is that sign; RE2 refuses the others. */
function isEscapedPunctuation(character: string): boolean {
  return /^[^0-9A-Za-z\u0080-\uffff]$/.test(character);
}

/** Index after a character class; a `]` that stands first belongs to it. */
function endOfClass(source: string, start: number): number {
  let at = start + 1;
  if (source[at] === '^') at++;
  if (source[at] === ']') at++;
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, source.length);
}

function isCount(source: string, at: number): boolean {
  return /^\{\d+,\d*\}/.test(source.slice(at, at + 16));
}
