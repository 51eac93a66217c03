const legacy = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const lowBytes = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'];
const highBytes = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
const suffixes: Record<1 | 2 | 4, string> = { 1: 'b', 2: 'w', 4: 'd' };

/** Name of a general register; `hasRex` chooses spl to dil over ah to bh. */
export function generalRegister(number: number, size: 1 | 2 | 4 | 8, hasRex: boolean): string {
  if (number >= 8) return `r${String(number)}${size === 8 ? '' : suffixes[size]}`;
  if (size === 1) return (hasRex ? lowBytes : highBytes)[number] as string;
  const name = legacy[number] as string;
  return size === 2 ? name : `${size === 4 ? 'e' : 'r'}${name}`;
}

export const segmentRegisters = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];

/** Full register, byte offset and size of a general register's name: `ah` is byte 1 of rax. Null for other registers. */
export function registerPart(name: string, is64: boolean): { full: string; shift: bigint; bits: number } | null {
  const wide = is64 ? 'r' : 'e';
  const number = /^r(\d+)([bwd]?)$/.exec(name);
  if (number !== null) {
    const bits = { b: 8, w: 16, d: 32 }[number[2] ?? ''] ?? 64;
    return { full: `r${number[1] as string}`, shift: 0n, bits };
  }
  if (name === 'rip' || name === 'eip') return { full: name, shift: 0n, bits: is64 ? 64 : 32 };
  for (const [bits, names] of [
    [64, legacy.map((one) => `r${one}`)],
    [32, legacy.map((one) => `e${one}`)],
    [16, legacy],
    [8, lowBytes],
  ] as const) {
    const index = names.indexOf(name);
    if (index >= 0) return { full: `${wide}${legacy[index] as string}`, shift: 0n, bits };
  }
  const high = highBytes.indexOf(name);
  return high < 0 ? null : { full: `${wide}${legacy[high - 4] as string}`, shift: 8n, bits: 8 };
}
