/**
 * Text from crash reports is hostile: it may hold control characters, terminal escapes, characters that turn the
 * direction of writing or have no width, halves of surrogate pairs. They are shown as marks, never obeyed.
 */
export interface TextPiece {
  text: string;
  /** Set for a mark that stands for one character: its code point, "U+202E RIGHT-TO-LEFT OVERRIDE". */
  escaped: string | null;
}

const names: Record<number, string> = {
  0x00: 'NULL',
  0x07: 'BELL',
  0x08: 'BACKSPACE',
  0x09: 'TAB',
  0x0a: 'LINE FEED',
  0x0d: 'CARRIAGE RETURN',
  0x1b: 'ESCAPE',
  0x7f: 'DELETE',
  0xad: 'SOFT HYPHEN',
  0x061c: 'ARABIC LETTER MARK',
  0x200b: 'ZERO WIDTH SPACE',
  0x200c: 'ZERO WIDTH NON-JOINER',
  0x200d: 'ZERO WIDTH JOINER',
  0x200e: 'LEFT-TO-RIGHT MARK',
  0x200f: 'RIGHT-TO-LEFT MARK',
  0x2028: 'LINE SEPARATOR',
  0x2029: 'PARAGRAPH SEPARATOR',
  0x202a: 'LEFT-TO-RIGHT EMBEDDING',
  0x202b: 'RIGHT-TO-LEFT EMBEDDING',
  0x202c: 'POP DIRECTIONAL FORMATTING',
  0x202d: 'LEFT-TO-RIGHT OVERRIDE',
  0x202e: 'RIGHT-TO-LEFT OVERRIDE',
  0x2060: 'WORD JOINER',
  0x2066: 'LEFT-TO-RIGHT ISOLATE',
  0x2067: 'RIGHT-TO-LEFT ISOLATE',
  0x2068: 'FIRST STRONG ISOLATE',
  0x2069: 'POP DIRECTIONAL ISOLATE',
  0xfeff: 'BYTE ORDER MARK',
};

const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ue000-\uf8ff]|[\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Each is an element of the page: a text made of nothing else would be more of them than a browser bears. */
const mostMarks = 2000;
/** Characters of one cell or tooltip: a row must not carry a megabyte that nobody can read. */
const mostInLine = 2000;

/** @param multiline line feeds and tabs stay as they are; what ends a line may be of any system, forms send CR LF */
export function visiblePieces(text: string, multiline = false): TextPiece[] {
  const whole = multiline ? text.replace(/\r\n?/g, '\n') : text;
  const pieces: TextPiece[] = [];
  let from = 0;
  let marks = 0;
  for (const match of whole.matchAll(hidden)) {
    const character = match[0];
    if (keeps(character, multiline)) continue;
    if (match.index > from) pieces.push({ text: whole.slice(from, match.index), escaped: null });
    from = match.index;
    if ((marks += 1) > mostMarks) {
      const rest = whole.slice(from).replace(hidden, (one) => (keeps(one, multiline) ? one : shownPoint(one)));
      pieces.push({ text: rest, escaped: null });
      return pieces;
    }
    pieces.push(mark(character.codePointAt(0) ?? 0));
    from += character.length;
  }
  if (from < whole.length) pieces.push({ text: whole.slice(from), escaped: null });
  return pieces;
}

function keeps(character: string, multiline: boolean): boolean {
  return multiline && (character === '\n' || character === '\t');
}

function shownPoint(character: string): string {
  return mark(character.codePointAt(0) ?? 0).text;
}

/** The same in one string, for cells, tooltips and accessible names: what is very long loses its middle. */
export function visibleText(text: string): string {
  const isLong = text.length > mostInLine;
  return visibleWhole(isLong ? `${text.slice(0, mostInLine / 2)}…${text.slice(-mostInLine / 2)}` : text);
}

/** All of it in one string, for what is copied or saved. */
export function visibleWhole(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join('');
}

function mark(code: number): TextPiece {
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = names[code] ?? (code >= 0xd800 && code <= 0xdfff ? 'LONE SURROGATE' : '');
  return { text: `‹${point}›`, escaped: name === '' ? point : `${point} ${name}` };
}

/** Halves of surrogate pairs replaced, as UTF-8 would: for what must be encoded. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
