/** Bytes of memory as rows of sixteen. Addresses are BigInts: half of the address space is beyond exact numbers. */
export const rowBytes = 16;
/** Rows of one window of the hex view: browsers can't scroll higher than some 33 million pixels. */
const windowRows = 65_536;

export interface HexRow {
  address: bigint;
  /** Two digits each; "··" for what the dump does not hold. */
  bytes: string[];
  text: string;
}

/** The window of rows that holds an address of a region. */
export function windowAround(region: { start: bigint; end: bigint }, address: bigint): { start: bigint; rows: number } {
  const size = BigInt(windowRows * rowBytes);
  const first = region.start - (region.start % BigInt(rowBytes));
  const start = first + ((address - first) / size) * size;
  const left = region.end - start;
  const bytes = left < size ? left : size;
  return { start, rows: Number((bytes + BigInt(rowBytes - 1)) / BigInt(rowBytes)) };
}

/**
 * One row.
 * @param byteAt null for what the dump does not hold
 */
export function hexRow(address: bigint, byteAt: (address: bigint) => number | null): HexRow {
  const bytes: string[] = [];
  let text = '';
  for (let index = 0; index < rowBytes; index++) {
    const byte = byteAt(address + BigInt(index));
    bytes.push(byte === null ? '··' : byte.toString(16).padStart(2, '0'));
    text += byte === null ? ' ' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  }
  return { address, bytes, text };
}

/** An address as people write it: "0x7fff0000", "7fff`0000"; null for anything else. */
export function parseAddress(text: string): bigint | null {
  const digits = text.trim().replaceAll(/[`_]/g, '').replace(/^0x/i, '');
  if (!/^[0-9a-f]{1,16}$/i.test(digits)) return null;
  return BigInt(`0x${digits}`);
}

/** What is searched for: `hex:de ad be ef` as bytes, anything else as text. Null for hex that is none. */
export function searchPattern(text: string): Uint8Array | null {
  const hex = /^hex:\s*((?:[0-9a-f]{2}\s*)+)$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const digits = hex.replaceAll(/\s/g, '');
    return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
      Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
    );
  }
  return /^hex:/i.test(text) || text === '' ? null : new TextEncoder().encode(text);
}
