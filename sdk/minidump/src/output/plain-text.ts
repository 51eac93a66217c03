/** C0 and C1 controls, DEL, and what reorders or hides text: zero-width and bidi characters, line separators. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Hostile text for a terminal: what doesn't print as itself becomes `\u{…}`. */
export function plainText(text: string): string {
  return text.replace(unprintable, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
