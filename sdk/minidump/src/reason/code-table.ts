/** A data file's lines of "hex code, blank, name" as a map. */
export function parseCodeTable(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const blank = line.indexOf(' ');
    if (blank > 0) names.set(Number.parseInt(line.slice(0, blank), 16), line.slice(blank + 1));
  }
  return names;
}

/** `0x` and 8 hex digits at least. */
export function hex32(value: number | bigint): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** `0x` and 16 hex digits. */
export function hex64(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}
