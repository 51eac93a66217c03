import { z } from 'zod';

/** Section `storage-lmdb:` of the configuration. */
export const StorageConfig = z.strictObject({
  openEnvironments: z
    .number()
    .int()
    .min(2)
    .max(256)
    .default(16)
    .describe('Day files held open at once; the least recently used is closed first. Each costs a few descriptors.'),
  largePart: z
    .number()
    .int()
    .min(4096)
    .max(67_108_864)
    .default(262_144)
    .describe('Bytes from which a dump or attachment is kept as a file of its own rather than in the database.'),
});
export type StorageConfig = z.output<typeof StorageConfig>;
