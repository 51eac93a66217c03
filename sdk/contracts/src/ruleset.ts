import { contributionPoint } from './contribution.js';

/**
 * A set of rules that a crash can be processed with, beside `default` and `regenerate-signature`. Rules say themselves
 * which sets they belong to (`ProcessingRule.rulesets`).
 */
export interface Ruleset {
  /** Its name, as people and `faultline reprocess --ruleset` spell it: small letters, digits and dashes. */
  id: string;
  title: string;
  /** `report` walks the dumps and starts anew; `processed` starts from what is stored and walks nothing. */
  from: 'report' | 'processed';
}
export const Ruleset = contributionPoint<Ruleset>('Ruleset');
