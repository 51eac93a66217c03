import { z } from 'zod';

export const GeneratorConfig = z.strictObject({
  fields: z
    .boolean()
    .default(false)
    .describe('Adds the field `modules`, the names of all loaded modules, which generated crashes have.'),
});
export type GeneratorConfig = z.output<typeof GeneratorConfig>;
