/**
 * Problems in words, the same on the screen, on the status page, in mails and on the command line. They stand here and
 * not with the texts of the screens, because the server says them too.
 */
import type { Bytes, UnixMillis } from '../units.js';
import type { Problem, ProblemFacts, ProblemKind } from './problem.js';
import { english } from './words-english.js';
import { german } from './words-german.js';

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

const languages: Record<WordLanguage, StateWords> = { en: english, de: german };

export function problemWords(problem: Problem, writing: Writing): { text: string; hint: string } {
  const words = languages[writing.language];
  const say: Saying = {
    count: writing.count,
    since: words.since(writing.time(problem.since)),
    span: spanOf,
    size: sizeOf,
    reason: (code) => words.reasons[code] ?? words.error(code),
  };
  // The kind picks words that take its own facts; the compiler can't follow that pair.
  const wordsOfKind = words.problems[problem.kind] as (
    facts: Problem['facts'],
    say: Saying,
  ) => ReturnType<ProblemWords[ProblemKind]>;
  return wordsOfKind(problem.facts, say);
}

/** The sentence on top: the worst problem, or that all is well. Problems stand with the worst first. */
export function stateSentence(
  problems: readonly Problem[],
  facts: { perMinute: number; lastHour: number; waiting: number },
  writing: Writing,
): string {
  const worst = problems.find(({ severity }) => severity !== 'info');
  if (worst === undefined) return languages[writing.language].allWell(facts, writing.count);
  const { text, hint } = problemWords(worst, writing);
  return `${text} ${hint}`;
}

/** Times in UTC, as a server writes that does not know its reader. */
export function serverWriting(language: WordLanguage, now: UnixMillis): Writing {
  return {
    language,
    count: (value) => value.toLocaleString(language === 'de' ? 'de-DE' : 'en-US'),
    time(at) {
      const text = new Date(at).toISOString();
      const day = new Date(now).toISOString().slice(0, 10);
      return `${text.startsWith(day) ? '' : `${text.slice(0, 10)} `}${text.slice(11, 16)} UTC`;
    },
  };
}

function spanOf(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function sizeOf(bytes: Bytes): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
