import type { ByteView } from './byte-view.js';
import type { DumpBytes } from './dump-bytes.js';
import type { DumpProblems } from './dump-problem.js';
import type { MinidumpLimits } from './limits.js';

/** What a decoder may use besides its own stream. */
export interface DecodeContext {
  /** Name under which problems are listed. */
  readonly name: string;
  readonly bytes: DumpBytes;
  readonly limits: MinidumpLimits;
  readonly problems: DumpProblems;
  /** Any other stream; null when the dump has none or it could not be read. */
  get<T>(definition: StreamDefinition<T>): Promise<T | null>;
  /** Runs one entry's decoding; what it throws is listed as a problem and costs that entry. */
  attempt<T>(decode: () => Promise<T>): Promise<T | null>;
}

/**
 * How one stream is decoded. A definition is also the key by which its value is asked for: `dump.get(threadNames)`.
 * Adding a stream is adding one file that exports a definition.
 */
export interface StreamDefinition<T> {
  /** Stream type number. */
  readonly type: number;
  /** Throws when the stream as a whole cannot be used. */
  decode(stream: ByteView, context: DecodeContext): T | Promise<T>;
}

export function defineStream<T>(
  type: number,
  decode: (stream: ByteView, context: DecodeContext) => T | Promise<T>,
): StreamDefinition<T> {
  return { type, decode };
}
