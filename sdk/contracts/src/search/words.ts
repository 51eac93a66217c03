/** The words of a text, as `has` compares them: runs of letters, digits and underscores, in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** True when every word of `words` is a word of the text. */
export function hasAllWords(text: string, words: readonly string[]): boolean {
  const found = new Set(wordsOf(text));
  return words.every((word) => found.has(word));
}
