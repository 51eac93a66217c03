/** Takes a file's bytes as they come: unpacked, measured, hashed, its first bytes kept, written gzipped and fsynced. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { FaultlineError } from '@faultline/sdk/errors';
import { debugFileFormat } from '@faultline/symbols/debug-file';
import { headerBytes } from './sym-header.js';

export interface TakenContent {
  /** Bytes unpacked. */
  size: number;
  storedSize: number;
  /** Of the unpacked bytes. */
  md5: string;
  /** The first bytes, unpacked. */
  start: Uint8Array;
  isText: boolean;
}

export interface TakeOptions {
  file: string;
  /** Text is kept as gzip, whichever way it came; other files as they are. Null: what the first bytes say. */
  isText: boolean | null;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/** Throws `TooLarge SYMBOLS_TOO_LARGE`; errors of the disk and of gzip as they are. */
export async function takeContent(content: AsyncIterable<Uint8Array>, options: TakeOptions): Promise<TakenContent> {
  const { file, maxBytes, signal } = options;
  const md5 = createHash('md5');
  const starts: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) {
        done(tooLarge(maxBytes));
        return;
      }
      md5.update(chunk);
      if (kept < headerBytes) starts.push(Buffer.from(chunk.subarray(0, headerBytes - kept)));
      kept = Math.min(headerBytes, kept + chunk.length);
      done(null, chunk);
    },
  });
  // `flush` is an fsync before the file is closed.
  const output = createWriteStream(file, { flags: 'wx', flush: true });
  const { first, whole } = await peeked(content);
  const isText = options.isText ?? debugFileFormat(first) === null;
  const source = Readable.from(whole, { objectMode: false });
  const steps = isText ? [...(isGzip(first) ? [createGunzip()] : []), measure, createGzip({ level: 5 })] : [measure];
  await pipeline([source, ...steps, output], { signal });
  return { size, storedSize: output.bytesWritten, md5: md5.digest('hex'), start: Buffer.concat(starts), isText };
}

/** The first 16 bytes, and all of them. */
async function peeked(
  content: AsyncIterable<Uint8Array>,
): Promise<{ first: Buffer; whole: AsyncIterable<Uint8Array> }> {
  const iterator = content[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let count = 0;
  while (count < 16) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    count += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* held;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { first: Buffer.concat(held), whole: whole() };
}

function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

function tooLarge(maxBytes: number): FaultlineError {
  return new FaultlineError('TooLarge', 'SYMBOLS_TOO_LARGE', `A symbol file is larger than ${maxBytes} bytes.`, {
    hint: 'Raise symbols.maxTextSize if that is right.',
    details: { maxBytes },
  });
}
