import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { damaged } from './debug-file-identity.js';

/** Exactly these bytes of a file, as a view. Throws `DEBUG_FILE_DAMAGED` where the file has none there. */
export async function headerBytes(
  source: RandomAccessSource,
  { at, length, what }: { at: number; length: number; what: string },
): Promise<DataView> {
  const isInside = Number.isSafeInteger(at) && at >= 0 && length >= 0 && at + length <= source.size;
  if (!isInside) throw damaged(`its ${what} is not inside the file: it is cut off or damaged`);
  const bytes = await source.read(at, length);
  if (bytes.length !== length) throw damaged(`its ${what} could not be read`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** Up to a NUL byte; "" behind the end. */
export function textAt(view: DataView, at: number, longest: number): string {
  if (at >= view.byteLength) return '';
  const bytes = bytesAt(view, at, Math.max(0, Math.min(longest, view.byteLength - at)));
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
