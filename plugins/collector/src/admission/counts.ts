import type { Bytes } from '@faultline/sdk';
import { z } from 'zod';

/** What became of a post. */
export type Outcome =
  | 'accepted'
  | 'deferred'
  | 'fake_accepted'
  | 'rejected'
  | 'malformed'
  | 'too_large'
  | 'unauthorized'
  | 'limited'
  | 'unavailable'
  | 'aborted';

/** What throttle rules decide: here the reason is a rule's id. */
const ruleOutcomes = ['accepted', 'deferred', 'fake_accepted', 'rejected'] as const satisfies readonly Outcome[];

export const CountsAnswer = z.object({
  since: z.string().describe('When this process began to count, UTC.'),
  total: z.int().describe('Posts answered or broken off since then.'),
  outcomes: z
    .array(z.object({ outcome: z.string(), reason: z.string(), count: z.int() }))
    .describe('Most frequent first; reason is the rule, the malformed_ reason, or what was short.'),
});

/** Posts of this process by outcome and reason. Reasons are ours or names of rules, never words of a client. */
export class Counts {
  readonly #counts = new Map<string, { outcome: Outcome; reason: string; count: number }>();

  /** Of posts that were read whole, on the wire. */
  receivedBytes: Bytes = 0;

  constructor(private readonly since: Date) {}

  add(outcome: Outcome, reason: string): void {
    const key = `${outcome}/${reason}`;
    const row = this.#counts.get(key);
    if (row === undefined) this.#counts.set(key, { outcome, reason, count: 1 });
    else row.count += 1;
  }

  /** Posts that a throttle rule has decided, by what became of them. */
  decidedBy(rule: string): Record<string, number> {
    const hits = ruleOutcomes.map((outcome) => [outcome, this.#counts.get(`${outcome}/${rule}`)?.count ?? 0] as const);
    return Object.fromEntries(hits.filter(([, count]) => count > 0));
  }

  answer(): z.output<typeof CountsAnswer> {
    const outcomes = [...this.#counts.values()].sort((a, b) => b.count - a.count);
    return {
      since: this.since.toISOString(),
      total: outcomes.reduce((sum, { count }) => sum + count, 0),
      outcomes,
    };
  }
}
