import { randomBytes } from 'node:crypto';
import type { Random } from '@faultline/sdk';

/** Randomness of the operating system. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
