/** Bits `high` to `low` of an instruction word, unsigned. */
export function bits(word: number, high: number, low: number): number {
  return (word >>> low) & (2 ** (high - low + 1) - 1);
}

/** The same, as a two's complement number. */
export function signedBits(word: number, high: number, low: number): number {
  const width = high - low + 1;
  const value = bits(word, high, low);
  return value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

/** Name of a general register; number 31 is the stack pointer or zero, as the instruction takes it. */
export function generalName(number: number, is64: boolean, as31: 'sp' | 'zr'): string {
  const letter = is64 ? 'x' : 'w';
  // The names under which contexts hold them.
  if (is64 && number === 29) return 'fp';
  if (is64 && number === 30) return 'lr';
  if (number !== 31) return `${letter}${String(number)}`;
  if (as31 === 'zr') return `${letter}zr`;
  return is64 ? 'sp' : 'wsp';
}

export const conditions = 'eq ne hs lo mi pl vs vc hi ls ge lt gt le al nv'.split(' ');

/** `#0x10`, `#-0x8`. */
export function immediate(value: number | bigint): string {
  return value < 0 ? `#-0x${(-value).toString(16)}` : `#0x${value.toString(16)}`;
}
