import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { Bytes } from '@faultline/sdk/units';
import { type MinidumpHeader, readDirectory, type StreamEntry } from './directory.js';
import { DumpBytes } from './dump-bytes.js';
import { type DumpProblem, DumpProblems } from './dump-problem.js';
import { defaultLimits, type MinidumpLimits } from './limits.js';
import type { DecodeContext, StreamDefinition } from './stream-definition.js';
import { streamName } from './stream-names.js';

export interface OpenOptions {
  limits?: Partial<MinidumpLimits>;
  /** Ends reading: pending reads reject with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A minidump that is read by range. Opening reads header and directory; a stream is read and decoded when it is
 * asked for, once. A stream that cannot be decoded is null and listed in `problems`; the others are not touched by it.
 */
export class Minidump {
  private readonly decoded = new Map<unknown, Promise<unknown>>();

  private constructor(
    /** For readers of contents that no stream holds (memory). */
    readonly bytes: DumpBytes,
    readonly header: MinidumpHeader,
    /** In directory order, without padding entries. */
    readonly streams: readonly StreamEntry[],
    readonly limits: MinidumpLimits,
    private readonly byType: ReadonlyMap<number, StreamEntry>,
    private readonly problemList: DumpProblems,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * @throws FaultlineError `MINIDUMP_TOO_SHORT`, `MINIDUMP_BAD_SIGNATURE`, `MINIDUMP_BAD_VERSION`; what the source throws
   */
  static async open(source: RandomAccessSource, options: OpenOptions = {}): Promise<Minidump> {
    const limits = { ...defaultLimits, ...options.limits };
    const bytes = new DumpBytes(source, limits, options.signal);
    const problems = new DumpProblems();
    const directory = await readDirectory(bytes, limits, problems);
    return new Minidump(bytes, directory.header, directory.entries, limits, directory.byType, problems, options.signal);
  }

  get size(): Bytes {
    return this.bytes.size;
  }

  /** What could not be read so far; grows as streams are asked for. */
  get problems(): readonly DumpProblem[] {
    return this.problemList.list;
  }

  has(definition: StreamDefinition<unknown>): boolean {
    return this.byType.has(definition.type);
  }

  /** Value of a stream; null when the dump has none, or it could not be decoded (see `problems`). */
  get<T>(definition: StreamDefinition<T>): Promise<T | null> {
    return this.once(definition, async () => {
      const entry = this.byType.get(definition.type);
      if (entry === undefined) return null;
      const context = this.contextFor(streamName(definition.type));
      return context.attempt(async () => definition.decode(await this.readStream(entry, context), context));
    });
  }

  /** Bytes of a stream that has no definition; null when the dump has none. Cut at `limits.streamBytes`. */
  async rawStream(type: number): Promise<Uint8Array | null> {
    const entry = this.byType.get(type);
    return entry === undefined ? null : (await this.readStream(entry, this.contextFor(streamName(type)))).bytes;
  }

  /** Computes a value from several streams once per dump; `key` is the function itself. */
  once<T>(key: unknown, compute: () => Promise<T>): Promise<T> {
    const known = this.decoded.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const value = compute();
    this.decoded.set(key, value);
    return value;
  }

  /** The means of decoding, under the name by which problems will be listed. */
  contextFor(name: string): DecodeContext {
    return {
      name,
      bytes: this.bytes,
      limits: this.limits,
      problems: this.problemList,
      get: (definition) => this.get(definition),
      attempt: async (decode) => {
        try {
          return await decode();
        } catch (error) {
          this.signal?.throwIfAborted();
          this.problemList.failed(name, error);
          return null;
        }
      },
    };
  }

  private async readStream(entry: StreamEntry, context: DecodeContext) {
    const available = Math.max(0, Math.min(entry.size, this.bytes.size - entry.rva));
    if (available < entry.size) {
      this.problemList.add({
        stream: context.name,
        code: 'MINIDUMP_TRUNCATED',
        message: `The stream has ${entry.size} bytes at ${entry.rva}, of which ${available} are in the file`,
      });
    }
    const kept = Math.min(available, this.limits.streamBytes);
    if (kept < available) this.problemList.limited(context.name, 'bytes', available, kept);
    return this.bytes.read(Math.min(entry.rva, this.bytes.size), kept);
  }
}
