/** Takes a file's bytes as they come: unpacked, measured, hashed, its first bytes kept, written gzipped and fsynced. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import { debugFileFormat } from '@faultline/symbols/debug-file';
import { isBomb, mostRatio } from '../upload/unpacked-ratio.js';
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

/** Of libraries of a system most are as small: streams would cost them more than the work itself. */
const smallFile = 64 * 1024;
const smallText = 512 * 1024;
const level = 5;

/** Throws `TooLarge SYMBOLS_TOO_LARGE`; errors of the disk and of gzip as they are. */
export async function takeContent(content: AsyncIterable<Uint8Array>, options: TakeOptions): Promise<TakenContent> {
  const { file, maxBytes, signal } = options;
  const { start: first, whole, isAll } = await peeked(content);
  const isText = options.isText ?? debugFileFormat(first) === null;
  if (isAll) {
    const small = takeSmall(first, { isText, maxBytes });
    if (small !== null) {
      await writeDurably(file, small.bytes);
      return small.taken;
    }
  }
  const md5 = createHash('md5');
  const starts: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  let arrived = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) return done(tooLarge(maxBytes));
      if (isBomb(arrived, size)) return done(bomb());
      md5.update(chunk);
      if (kept < headerBytes) starts.push(Buffer.from(chunk.subarray(0, headerBytes - kept)));
      kept = Math.min(headerBytes, kept + chunk.length);
      done(null, chunk);
    },
  });
  // `flush` is an fsync before the file is closed.
  const output = createWriteStream(file, { flags: 'wx', flush: true });
  const source = Readable.from(
    counted(whole, (bytes) => (arrived += bytes)),
    { objectMode: false },
  );
  const steps = isText ? [...(isGzip(first) ? [createGunzip()] : []), measure, createGzip({ level })] : [measure];
  await pipeline([source, ...steps, output], { signal });
  return { size, storedSize: output.bytesWritten, md5: md5.digest('hex'), start: Buffer.concat(starts), isText };
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}

/** Null for a text that unpacks to more than is worked on at once: it may be a bomb. */
function takeSmall(
  content: Buffer,
  { isText, maxBytes }: { isText: boolean; maxBytes: number },
): { taken: TakenContent; bytes: Uint8Array } | null {
  const plain = isText && isGzip(content) ? unpackSmall(content) : content;
  if (plain === null || plain.length > maxBytes) return null;
  const bytes = isText ? gzipSync(plain, { level }) : plain;
  const md5 = createHash('md5').update(plain).digest('hex');
  const start = Buffer.from(plain.subarray(0, headerBytes));
  return { taken: { size: plain.length, storedSize: bytes.length, md5, start, isText }, bytes };
}

function unpackSmall(packed: Buffer): Buffer | null {
  try {
    return gunzipSync(packed, { maxOutputLength: smallText });
  } catch (error) {
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const output = await open(file, 'wx');
  try {
    await output.writeFile(bytes);
    await output.sync();
  } finally {
    await output.close();
  }
}

/** The first bytes, whether they are all, and all of them. */
async function peeked(
  content: AsyncIterable<Uint8Array>,
): Promise<{ start: Buffer; isAll: boolean; whole: AsyncIterable<Uint8Array> }> {
  const iterator = content[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let count = 0;
  let isAll = false;
  while (count <= smallFile && !isAll) {
    const next = await iterator.next();
    if (next.done === true) isAll = true;
    else {
      held.push(next.value);
      count += next.value.length;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* held;
      while (!isAll) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { start: Buffer.concat(held), isAll, whole: whole() };
}

function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

function bomb(): FaultlineError {
  return new FaultlineError('TooLarge', 'SYMBOLS_TOO_LARGE', `its gzip unpacks to over ${mostRatio} times its size`);
}

function tooLarge(maxBytes: number): FaultlineError {
  return new FaultlineError('TooLarge', 'SYMBOLS_TOO_LARGE', `A symbol file is larger than ${maxBytes} bytes.`, {
    hint: 'Raise symbols.maxTextSize if that is right.',
    details: { maxBytes },
  });
}
