import { z } from 'zod';
import { ThrottleConfig } from './throttle/throttle-config.js';

const bytes = z
  .int()
  .min(1024)
  .max(2 ** 40);

export const CollectorConfig = z.strictObject({
  maxBodySize: bytes
    .default(25 * 1024 * 1024)
    .describe('Largest post in bytes on the wire; beyond it the answer is 413. Socorro takes 25 MB.'),
  maxUnpackedSize: bytes
    .default(200 * 1024 * 1024)
    .describe('Largest post in bytes after gunzip; beyond it the answer is 413.'),
  maxUnpackRatio: z
    .number()
    .min(2)
    .default(300)
    .describe('Most unpacked bytes per packed byte once 16 MB came out; what unpacks to more is a bomb: 413.'),
  maxParts: z
    .int()
    .min(1)
    .default(25_000)
    .describe('Most parts in one form, annotations included; beyond it the answer is 400 malformed_too_many_parts.'),
  maxAnnotationSize: bytes
    .default(4 * 1024 * 1024)
    .describe('Largest annotation in bytes; a larger one is dropped with a note and the report is kept.'),
  maxJsonSize: bytes
    .default(20 * 1024 * 1024)
    .describe('Largest JSON part in bytes; beyond it the answer is 400 malformed_annotation_too_large.'),
  bodiesInFlight: bytes
    .default(64 * 1024 * 1024)
    .describe('Memory that all posts in flight may hold together; beyond it parts go to disk early and reading waits.'),
  removeAnnotations: z
    .array(z.string().min(1))
    .default(['Email'])
    .describe('Annotations that are removed before anything is stored; a note says so.'),
  submitterToken: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token of a trusted submitter that may bring its own crash ids in the annotation "uuid".')
    .meta({ secret: true }),
  processes: z
    .union([z.literal('auto'), z.templateLiteral(['auto:', z.int().min(1).max(64)]), z.int().min(1).max(64)])
    .default('auto')
    .describe(
      'Processes that read posts, the server included. auto:N: up to N, while posts keep the server busy. auto: so many ' +
        'as the machine has cores, less one; on one or two cores the server alone.',
    ),
  minFreeSpace: z
    .int()
    .min(0)
    .default(268_435_456)
    .describe('Free bytes of the data disk below which posts are refused with 503; processing needs room as well.'),
  postsInFlight: z
    .int()
    .min(1)
    .default(2000)
    .describe('Posts taken at once; more are refused with 503, which is what happens when the disk does not keep up.'),
  reportsPerAddress: z
    .int()
    .min(0)
    .default(0)
    .describe('Reports a minute from one address (IPv6: one /64); beyond it the answer is 429. 0 for no limit.'),
  reportsPerProduct: z
    .int()
    .min(0)
    .default(0)
    .describe('Reports a minute of one product; beyond it the answer is 429. 0 for no limit.'),
  submitKeys: z
    .record(z.string().min(1), z.array(z.string().regex(/^[A-Za-z0-9_-]{8,200}$/, '8 to 200 letters, digits, _ and -')))
    .default({})
    .describe('Keys that reports of a product must bring, by product; "*" stands for all products without their own.')
    .meta({ secret: true }),
  recentReports: z
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('Last posts whose public annotations are kept in memory, to try throttle rules on. 0 keeps none.'),
  throttle: ThrottleConfig,
});
export type CollectorConfig = z.output<typeof CollectorConfig>;
