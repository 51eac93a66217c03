import { z } from 'zod';

/** Section `export:` of the configuration. */
export const ExportConfig = z.strictObject({
  enabled: z.boolean().default(false).describe('Write the public part of every processed crash as NDJSON.'),
  folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where the files go; absent: `plugins/export` of the data folder. Relative paths start at the data folder.',
    ),
  tidyAfter: z
    .int()
    .min(100)
    .default(30_000)
    .describe('Milliseconds of quiet after which older lines of crashes that were processed again are taken out.'),
});
export type ExportConfig = z.output<typeof ExportConfig>;
