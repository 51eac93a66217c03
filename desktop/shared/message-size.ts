/** Of all messages but one that saves a text. */
const largestMessage = 1 << 20;
/** A report or a JSON that the page saves: its shape bounds the text itself. */
const largestSave = 1 << 30;

/** Whether a message is larger than any the app has: refused in the page's process already, and again where it arrives. */
export function isTooLarge(name: string, ask: unknown): boolean {
  const limit = name === 'files.save' ? largestSave : largestMessage;
  return sizeOf(ask, limit) > limit;
}

/** Roughly the bytes of plain data; stops counting beyond the limit. */
function sizeOf(value: unknown, limit: number): number {
  let size = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && size <= limit) {
    const next = waiting.pop();
    if (typeof next === 'string') size += next.length * 2;
    else if (next instanceof ArrayBuffer || ArrayBuffer.isView(next)) size += next.byteLength;
    else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) {
        size += key.length + 8;
        waiting.push(inner);
      }
    } else size += 8;
  }
  return size;
}
