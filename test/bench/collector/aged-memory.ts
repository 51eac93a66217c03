/**
 * Brings memory to the state of a server that has run for days: all of it has been used, and a new page of the page
 * cache is an old one again.
 *
 * Folklore: in a virtual machine whose host takes back free memory (free page reporting), the first touch of each page
 * costs about 15 microseconds, where copying it takes one; seen as `copy_folio_from_iter_atomic` at 16 % of a run and
 * 1.5 % of the next. A row that was measured after a folder of gigabytes was removed or written then tells what the
 * host did, not what the store does.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import os from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const chunk = Buffer.alloc(2 ** 20);

/** @param file made when it is not there, as large as the machine's memory */
export async function ageMemory(file: string): Promise<void> {
  if (!existsSync(file))
    await pipeline(Readable.from(megabytes(os.totalmem() / chunk.length)), createWriteStream(file));
  for await (const _ of createReadStream(file, { highWaterMark: chunk.length }));
}

function* megabytes(count: number): Generator<Buffer> {
  for (let n = 0; n < count; n++) yield chunk;
}
