import { contributionPoint } from './contribution.js';
import type { JsonValue, ReportIdentity } from './raw-crash.js';

export type ThrottleVerdict = 'accept' | 'defer' | 'reject' | 'fakeAccept' | 'continue';

/** Decides whether a report is kept. Asked in the order of `order`, then id; the first verdict other than `continue` holds. */
export interface ThrottleRule {
  /** Letters, digits, underscore: it is printed in `Discarded=rule_<id>`. */
  id: string;
  title: string;
  order: number;
  /** @param chance a random fraction in [0, 1) for rules that sample */
  decide(report: { annotations: Record<string, JsonValue>; identity: ReportIdentity }, chance: number): ThrottleVerdict;
}
export const ThrottleRule = contributionPoint<ThrottleRule>('ThrottleRule');
