import { z } from 'zod';

export const SearchLocalConfig = z.strictObject({
  cacheSize: z.coerce
    .number()
    .int()
    .min(1 << 20)
    .default(64 * 2 ** 20)
    .describe('Bytes of columns kept in memory'),
  flushRows: z.coerce
    .number()
    .int()
    .min(100)
    .max(1_000_000)
    .default(8_192)
    .describe('Crashes kept in memory (and in the log) before they are written to a segment'),
  idleAfter: z.coerce
    .number()
    .int()
    .min(0)
    .default(300_000)
    .describe('Milliseconds without a question after which the thread of the index is ended; 0 keeps it'),
  checkDelay: z.coerce
    .number()
    .int()
    .min(0)
    .default(2_000)
    .describe('Milliseconds after the start when the index is compared with the stored crashes'),
});
export type SearchLocalConfig = z.output<typeof SearchLocalConfig>;
