import { FaultlineError } from '@faultline/sdk/errors';
import type { Bytes } from '@faultline/sdk/units';
import { defineStream } from '../stream-definition.js';

/** An access token of the process or one of its threads: MINIDUMP_TOKEN_INFO_HEADER (minidumpapiset.h). */
export interface TokenRecord {
  /** Process or thread id that the token belongs to. */
  id: number;
  handle: bigint;
  /** Bytes of the record with its header. What they hold is not documented. */
  size: Bytes;
}

/** Stream 19, MINIDUMP_TOKEN_INFO_LIST: records of their own sizes, one after another. */
export const tokenInfoList = defineStream<TokenRecord[]>(19, (stream, context) => {
  const stated = stream.u32(4);
  const headerSize = stream.u32(8);
  const recordHeader = stream.u32(12);
  if (headerSize < 16 || recordHeader < 16) {
    throw new FaultlineError(
      'Malformed',
      'MINIDUMP_BAD_LIST',
      `${context.name}: header of ${headerSize} and records of ${recordHeader} bytes, expected 16 at least`,
    );
  }
  const tokens: TokenRecord[] = [];
  let at = headerSize;
  while (tokens.length < stated && at + recordHeader <= stream.length && tokens.length < context.limits.entries) {
    const size = stream.u32(at);
    tokens.push({ id: stream.u32(at + 4), handle: stream.u64(at + 8), size });
    if (size < recordHeader) break;
    at += size;
  }
  if (tokens.length < stated) {
    context.problems.add({
      stream: context.name,
      code: 'COUNT_EXCEEDS_STREAM',
      message: `The stream names ${stated} tokens, of which ${tokens.length} can be read`,
    });
  }
  return tokens;
});
