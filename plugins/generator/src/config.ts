import { z } from 'zod';

export const GeneratorConfig = z.strictObject({
  fields: z
    .boolean()
    .default(false)
    .describe('Adds the field `modules`, the names of all loaded modules, which generated crashes have.'),
  fill: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Put so many generated crashes into an empty data folder while the server runs; 0 puts none.'),
  days: z.int().min(1).max(365).default(30).describe('Over how many days, ending now, `fill` spreads them.'),
});
export type GeneratorConfig = z.output<typeof GeneratorConfig>;
