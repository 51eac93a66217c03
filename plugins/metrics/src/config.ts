import { z } from 'zod';

/** Section `metrics:` of the configuration. */
export const MetricsConfig = z.strictObject({
  open: z
    .boolean()
    .optional()
    .describe(
      'Whether anybody may read /metrics. Absent: programs of this machine, while the server is bound to loopback.',
    ),
  statsd: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Where statsd listens.'),
      port: z.int().min(1).max(65_535).default(8125).describe('Its UDP port.'),
      prefix: z
        .string()
        .regex(/^[A-Za-z0-9_.-]*$/)
        .default('')
        .describe('Before each name.'),
      every: z.int().min(1000).default(10_000).describe('Milliseconds between gauges.'),
      tags: z
        .boolean()
        .default(true)
        .describe('Labels as DogStatsD tags (`|#lane:normal`); else as parts of the name.'),
    })
    .optional()
    .describe('Send the same metrics to a statsd over UDP; `statsd: {}` is the one of this machine.'),
});
export type MetricsConfig = z.output<typeof MetricsConfig>;
