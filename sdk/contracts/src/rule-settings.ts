import { contributionPoint, type Disposer } from './contribution.js';
import type { JsonValue } from './raw-crash.js';

/**
 * Settings of a plugin's processing rules that change while the server runs: its rules module gets them as its second
 * argument. Plain data, since they travel to the rules' thread.
 */
export interface RuleSettings {
  /** Id of the plugin. */
  id: string;
  current(): JsonValue;
  /** After a call of the listener the rules are made anew, with what `current` gives then. */
  onChange(listener: () => void): Disposer;
}
export const RuleSettings = contributionPoint<RuleSettings>('RuleSettings');
