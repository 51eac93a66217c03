import { z } from 'zod';

export const SampleDataConfig = z.strictObject({
  fill: z
    .boolean()
    .default(false)
    .describe('Put sample crashes into an empty data folder at the start. A folder that holds reports is left alone.'),
  reports: z.int().min(8).max(2000).default(44).describe('How many sample reports to make.'),
  days: z.int().min(1).max(365).default(14).describe('Over how many days, ending now, they are spread.'),
});
export type SampleDataConfig = z.output<typeof SampleDataConfig>;
