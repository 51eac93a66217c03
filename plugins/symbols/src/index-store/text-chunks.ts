import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';

const chunkSize = 1024 * 1024;

/** Whether a file starts as gzip does; symbol stores keep `.sym` files compressed under their plain names. */
export function isGzip(path: string): boolean {
  const start = readStart(path, 2);
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** The first bytes of a file, fewer when it is shorter. */
export function readStart(path: string, length: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

/**
 * The text of a symbol file in chunks, unpacked when it is gzip. A chunk is reused for the next one. What unpacks
 * without end is stopped by the parser's `maxTextBytes`.
 */
export function textChunks(path: string): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return isGzip(path) ? unpackedChunks(path) : plainChunks(path, 0, Infinity);
}

/** Bytes `start` to `end` of a file. */
export function* plainChunks(path: string, start: number, end: number): Generator<Uint8Array, void, undefined> {
  const file = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(chunkSize);
    let at = start;
    while (at < end) {
      const count = readSync(file, buffer, 0, Math.min(chunkSize, end - at), at);
      if (count === 0) return;
      yield buffer.subarray(0, count);
      at += count;
    }
  } finally {
    closeSync(file);
  }
}

async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const input = createReadStream(path, { highWaterMark: 256 * 1024 });
  const unpack = createGunzip({ chunkSize: 256 * 1024 });
  // `pipe` does not pass errors on, and an unhandled one ends the process.
  input.on('error', (error) => unpack.destroy(error));
  input.pipe(unpack);
  try {
    for await (const chunk of unpack) yield chunk as Uint8Array;
  } finally {
    input.destroy();
    unpack.destroy();
  }
}
