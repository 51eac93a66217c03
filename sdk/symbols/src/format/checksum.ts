/**
 * A checksum of 32 bits over little-endian words, several times as fast as CRC-32 in JavaScript. Every step is a
 * bijection of the state, so a change within one word is always seen. It guards against torn writes and bad disks, not
 * against forgers.
 */
export const checksumStart = 0x9e3779b9;

/** Continues a checksum. The length must be a multiple of 4; bytes at an odd place in their buffer are copied. */
export function checksum(bytes: Uint8Array, start = checksumStart): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  let state = start;
  // By index: iterating over the words takes twice as long, and an index has 30 million.
  const count = words.length;
  for (let at = 0; at < count; at++) {
    state = Math.imul(state ^ (words[at] as number), 0x85ebca6b);
    state ^= state >>> 15;
  }
  return state >>> 0;
}
