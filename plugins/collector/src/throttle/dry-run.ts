import type { Clock, ContributionList, ThrottleRule } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { RecentReports } from './recent-reports.js';
import type { ThrottleConfig } from './throttle-config.js';
import { Throttler } from './throttler.js';

const Shares = z.record(z.string(), z.number()).describe('Percent of the posts, by verdict.');

export const DryRunAnswer = z.object({
  posts: z.int().describe('Posts that the rules were tried on: the last ones of this process.'),
  today: Shares,
  proposed: Shares,
  rules: z.record(z.string(), z.int()).describe('Posts that each proposed rule decided.'),
  unseen: z.array(z.string()).describe('Annotations of the proposed rules that are protected or unknown: not kept.'),
});

interface Surroundings {
  recent: RecentReports;
  contributed: ContributionList<ThrottleRule>;
  clock: Clock;
}

/** Tries rules on the last posts. Throws `Malformed THROTTLE_RULE_INVALID`. */
export function dryRun(
  around: Surroundings,
  today: ThrottleConfig,
  proposed: ThrottleConfig,
): z.output<typeof DryRunAnswer> {
  const reports = around.recent.all();
  const decisions = decideAll(around, proposed);
  const rules: Record<string, number> = {};
  for (const { rule } of decisions) rules[rule] = (rules[rule] ?? 0) + 1;
  const named = proposed.rules.flatMap((rule) => rule.when.map(({ annotation }) => annotation));
  return {
    posts: reports.length,
    today: shares(decideAll(around, today).map(({ verdict }) => verdict)),
    proposed: shares(decisions.map(({ verdict }) => verdict)),
    rules,
    unseen: [...new Set(named)].filter((name) => !around.recent.keeps(name)),
  };
}

function decideAll({ recent, contributed, clock }: Surroundings, config: ThrottleConfig) {
  let chance = 0;
  const throttler = compiled(config, contributed, clock, () => chance);
  return recent.all().map((report) => {
    ({ chance } = report);
    return throttler.decide(report);
  });
}

function compiled(
  config: ThrottleConfig,
  contributed: ContributionList<ThrottleRule>,
  clock: Clock,
  fraction: () => number,
): Throttler {
  try {
    return new Throttler(config, contributed, clock, { fraction });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FaultlineError('Malformed', 'THROTTLE_RULE_INVALID', `A rule can't be read: ${reason}.`, { cause });
  }
}

function shares(verdicts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const percent = (count: number) => Math.round((count / verdicts.length) * 1000) / 10;
  return Object.fromEntries(Object.entries(counts).map(([verdict, count]) => [verdict, percent(count)]));
}
