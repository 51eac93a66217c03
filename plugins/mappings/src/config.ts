import { z } from 'zod';

export const MappingsConfig = z.strictObject({
  maxSize: z.coerce
    .number()
    .int()
    .min(1024)
    .default(2 ** 30)
    .describe('Largest mapping in bytes, unpacked.'),
  annotations: z
    .array(z.string().min(1))
    .default(['MappingId', 'ProguardUuid'])
    .describe('Annotations that may name a crash’s mapping, where R8 did not write its id into the trace.'),
  unusedDays: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Days without use after which a mapping is removed; 0 keeps them all.'),
  reprocessRate: z.coerce
    .number()
    .min(0.1)
    .max(10_000)
    .default(20)
    .describe('Crashes a second that a new mapping mends.'),
});
export type MappingsConfig = z.output<typeof MappingsConfig>;
