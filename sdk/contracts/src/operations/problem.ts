import type { UnixMillis } from '../units.js';
import type { NoticeSeverity } from '../notice.js';

/**
 * What can be wrong with an installation, with the facts of each kind. Facts are numbers, ids of ours and error codes:
 * nothing of a crash, no secrets. `problem-words.ts` says them.
 */
export interface ProblemFacts {
  /** A process was heard of and no longer is, without having said that it stops. */
  'node-gone': { host: string; roles: string; seconds: number };
  /** Crashes wait, and no process has the role that would take them. */
  'no-processor': { waiting: number };
  /** `perMinuteIn` and `perMinuteOut` over the last minutes. */
  'queue-behind': { lane: string; waiting: number; oldestSeconds: number; perMinuteIn: number; perMinuteOut: number };
  /** `code` is why the sink refused last; "" when it is only slow. */
  'sink-behind': { sink: string; title: string; waiting: number; code: string };
  'rule-failing': { rule: string; failed: number; runs: number };
  'rule-parked': { rule: string };
  'walk-failing': { failed: number; walks: number };
  'disk-low': { free: number; total: number };
  'dead-letters': { count: number; code: string };
  'job-failing': { job: string; title: string; failures: number; code: string };
  'plugin-failed': { plugin: string; code: string; host: string };
  /** `part` is `store`, `state` or `search`. */
  'part-unwell': { part: string; code: string };
  'loop-slow': { host: string; roles: string; milliseconds: number };
  'index-rebuilding': { done: number; total: number };
  /** A process runs with other settings than the others: it was not restarted, or has an environment of its own. */
  'config-drift': { host: string; roles: string; sections: string };
  'symbol-server-down': { server: string; code: string };
}
export type ProblemKind = keyof ProblemFacts;

/** One thing that is wrong now. */
export type Problem = {
  [Kind in ProblemKind]: {
    /** What makes it the same problem from one look to the next: `sink-behind/search-local`. */
    key: string;
    kind: Kind;
    severity: NoticeSeverity;
    since: UnixMillis;
    facts: ProblemFacts[Kind];
    /** Page that shows more, with a slash at its beginning. */
    link: string;
  };
}[ProblemKind];

const weights: Record<NoticeSeverity, number> = { critical: 0, warning: 1, info: 2 };

/** The worst first; of equal ones the older. */
export function byWeight(a: Problem, b: Problem): number {
  return weights[a.severity] - weights[b.severity] || a.since - b.since || (a.key < b.key ? -1 : 1);
}
