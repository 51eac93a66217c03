import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Bytes } from '@faultline/sdk';

/** Size and SHA-256 (hex) of a file, read once in pieces. */
export async function checksumOf(file: string, signal: AbortSignal): Promise<{ size: Bytes; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
    const bytes = chunk as Uint8Array;
    hash.update(bytes);
    size += bytes.byteLength;
  }
  return { size, sha256: hash.digest('hex') };
}
