const encoder = new TextEncoder();

/** A record's keyword as bytes, compared in place. */
class Keyword {
  private readonly bytes: Uint8Array;
  readonly length: number;

  constructor(text: string) {
    this.bytes = encoder.encode(text);
    this.length = this.bytes.length;
  }

  /** The keyword stands at `at` and ends at a blank or at the end of the line. */
  standsAt(line: Uint8Array, at: number, end: number): boolean {
    const { bytes, length } = this;
    if (at + length > end) return false;
    for (let index = 0; index < length; index++) {
      if (line[at + index] !== bytes[index]) return false;
    }
    const next = line[at + length];
    return at + length === end || next === 32 || next === 9;
  }
}

export const keywords = {
  file: new Keyword('FILE'),
  func: new Keyword('FUNC'),
  info: new Keyword('INFO'),
  inline: new Keyword('INLINE'),
  inlineOrigin: new Keyword('INLINE_ORIGIN'),
  module: new Keyword('MODULE'),
  public: new Keyword('PUBLIC'),
  stackCfi: new Keyword('STACK CFI'),
  stackCfiInit: new Keyword('STACK CFI INIT'),
  stackWin: new Keyword('STACK WIN'),
};

/** First letters of the records. */
export const letter = { F: 0x46, I: 0x49, M: 0x4d, P: 0x50, S: 0x53 } as const;
