import type { Bytes, UnixMillis } from '../units.js';
import type { ProblemFacts, ProblemKind } from './problem.js';

export type WordLanguage = 'en' | 'de';

/** How numbers and times are written for the reader. */
export interface Writing {
  language: WordLanguage;
  /** "3,412" */
  count(value: number): string;
  /** "14:02", with the day where it was not today. */
  time(at: UnixMillis): string;
}

/** Words of one language for each kind: what is wrong, then what to do. */
export type ProblemWords = {
  [Kind in ProblemKind]: (facts: ProblemFacts[Kind], say: Saying) => { text: string; hint: string };
};

/** What words are made with. */
export interface Saying {
  count(value: number): string;
  /** "since 14:02" */
  since: string;
  /** "12 s", "5 min", "3 h" */
  span(seconds: number): string;
  /** "1.5 GB" */
  size(bytes: Bytes): string;
  /** Why, in words, for a known code: "its disk is full"; else the code itself. */
  reason(code: string): string;
}

/** Words around the problems. */
export interface StateWords {
  problems: ProblemWords;
  since(time: string): string;
  reasons: Readonly<Record<string, string>>;
  /** An unknown reason. */
  error(code: string): string;
  allWell(facts: { perMinute: number; lastHour: number; waiting: number }, count: Saying['count']): string;
}
