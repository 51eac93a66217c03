/**
 * Problems in words, the same on the screen, on the status page, in mails and on the command line. They stand here and
 * not with the texts of the screens, because the server says them too.
 */
import type { Bytes, UnixMillis } from '../units.js';
import type { Problem, ProblemKind } from './problem.js';
import type { Saying, StateWords, WordLanguage, Writing } from './state-words.js';
import { english } from './words-english.js';
import { german } from './words-german.js';

const languages: Record<WordLanguage, StateWords> = { en: english, de: german };

export interface SaidProblem {
  text: string;
  hint: string;
}

/** A problem as it comes over the network: of a kind that this program may not know yet. */
type SomeProblem = Pick<Problem, 'since'> & { kind: string; facts: Readonly<Record<string, string | number>> };

export function problemWords(problem: Problem, writing: Writing): SaidProblem {
  return wordsFor({ ...problem, facts: { ...problem.facts } }, writing) ?? { text: problem.kind, hint: '' };
}

/** Null for a kind that this program does not know. */
export function wordsFor(problem: SomeProblem, writing: Writing): SaidProblem | null {
  const words = languages[writing.language];
  const say: Saying = {
    count: writing.count,
    since: words.since(writing.time(problem.since)),
    span: spanOf,
    size: sizeOf,
    reason: (code) => words.reasons[code] ?? words.error(code),
  };
  if (!Object.hasOwn(words.problems, problem.kind)) return null;
  // The kind picks words that take its own facts; the compiler can't follow that pair.
  const wordsOfKind = words.problems[problem.kind as ProblemKind] as (
    facts: SomeProblem['facts'],
    say: Saying,
  ) => SaidProblem;
  return wordsOfKind(problem.facts, say);
}

/** The sentence on top: the worst problem, or that all is well. Problems stand with the worst first. */
export function stateSentence(
  problems: readonly (SaidProblem & Pick<Problem, 'severity'>)[],
  facts: { perMinute: number; lastHour: number; waiting: number },
  writing: Writing,
): string {
  const worst = problems.find(({ severity }) => severity !== 'info');
  if (worst === undefined) return languages[writing.language].allWell(facts, writing.count);
  return `${worst.text} ${worst.hint}`;
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
