import { randomBytes } from 'node:crypto';
import type { Random } from '@faultline/sdk';

/** A call to the system costs as much as hundreds of bytes do, so small wishes are served from a stock. */
const stockSize = 4096;
const smallWish = 64;
let stock: Buffer = Buffer.alloc(0);

function take(length: number): Buffer {
  if (stock.length < length) stock = randomBytes(stockSize);
  const taken = stock.subarray(0, length);
  stock = stock.subarray(length);
  return taken;
}

/** Randomness of the operating system. Nothing is handed out twice. */
export const systemRandom: Random = {
  bytes: (length) => (length <= smallWish ? Uint8Array.from(take(length)) : new Uint8Array(randomBytes(length))),
  fraction: () => take(6).readUIntBE(0, 6) / 2 ** 48,
};
