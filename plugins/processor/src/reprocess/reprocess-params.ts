import { z } from 'zod';

/** What a reprocess is asked with: crashes by id, or by a search. */
export const ReprocessParams = z
  .strictObject({
    crashIds: z.array(z.string().max(100)).min(1).max(10_000).optional().describe('Crash ids, with or without bp-.'),
    /** Public fields only: who may reprocess may not always read the protected ones. */
    search: z.string().max(20_000).optional().describe('Text of the search bar, over public fields; "" is all.'),
    from: z.iso.datetime().optional().describe('Received from then on; absent: what the search says, else ever.'),
    to: z.iso.datetime().optional().describe('Received before then; absent: what the search says, else now.'),
    ruleset: z.string().max(100).default('default'),
    rate: z
      .number()
      .min(0.1)
      .max(10_000)
      .optional()
      .describe('Most crashes a second; absent: 200, or 2,000 with a ruleset that walks no dumps.'),
    reason: z.enum(['reprocess', 'symbols']).default('reprocess').describe('What the runs are said to be for.'),
    dryRun: z.boolean().default(false).describe('Only count which signatures would change; nothing is written.'),
  })
  .refine(({ crashIds, search }) => (crashIds === undefined) !== (search === undefined), {
    error: 'either crashIds or search is wanted, not both',
  });
export type ReprocessParams = z.output<typeof ReprocessParams>;

/** What a finished reprocess says. */
export const ReprocessReceipt = z.object({
  dryRun: z.boolean(),
  ruleset: z.string(),
  crashes: z.number(),
  /** Ids that no crash has (any more). */
  unknown: z.number(),
  /** Of a dry run: could not be tried. Else: given up, among the dead letters. */
  failed: z.number(),
  changedSignatures: z.number(),
  /** The most frequent changes of signature first; `cut` counts the crashes of those that are not listed. */
  moves: z.array(z.object({ from: z.string(), to: z.string(), crashes: z.number() })),
  cut: z.number(),
  /** Crashes a second, pauses left out. */
  rate: z.number(),
});
export type ReprocessReceipt = z.output<typeof ReprocessReceipt>;
