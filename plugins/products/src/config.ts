import { z } from 'zod';

export const ProductsConfig = z.strictObject({
  unknownProducts: z
    .enum(['accept', 'defer', 'reject'])
    .default('accept')
    .describe(
      'What the collector does with reports of products that are not declared; deferred ones are kept unprocessed',
    ),
  releaseAfter: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Reports of a version and build within a week that make it a known release'),
});
export type ProductsConfig = z.output<typeof ProductsConfig>;
