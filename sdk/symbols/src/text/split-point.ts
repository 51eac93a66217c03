import { newline } from './byte-class.js';
import { keywords } from './keyword.js';

/** Records that end whatever stood open before them: a file may be cut in front of one without a change of meaning. */
const closing = [keywords.func, keywords.public, keywords.stackCfiInit, keywords.stackWin];

/**
 * Where a symbol file may be cut for parallel reading: the first line after `from` that starts with FUNC, PUBLIC,
 * STACK CFI INIT or STACK WIN.
 * @returns position of that line's first byte, or -1 when these bytes have none
 */
export function splitPoint(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(newline, from) + 1;
  while (at > 0) {
    const start = at;
    if (closing.some((keyword) => keyword.standsAt(bytes, start, bytes.length - 1))) return start;
    at = bytes.indexOf(newline, at) + 1;
  }
  return -1;
}
