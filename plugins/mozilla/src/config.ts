import { z } from 'zod';

export const MozillaConfig = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Adds the fields, processing rules and throttle rules of Firefox and its relatives. Read at the start.'),
  throttle: z
    .boolean()
    .default(false)
    .describe(
      "Also takes and refuses reports as Mozilla's collector does: a tenth of Firefox releases, no old builds.",
    ),
  products: z
    .array(z.string())
    .default([])
    .describe('Products that the throttle rules take; others are refused. Empty takes all.'),
});
export type MozillaConfig = z.output<typeof MozillaConfig>;
