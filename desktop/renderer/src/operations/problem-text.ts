import type { OperationsSnapshot, ProblemShape } from '@faultline/sdk/api';
import { stateSentence, wordsFor, type Writing } from '@faultline/sdk/operations';
import { localeTag } from '../i18n/i18n.js';
import { count } from '../reading/number-words.js';

/** Words in the language of the screens, times in the zone of who reads. */
function writing(language: string, now: number): Writing {
  return {
    language: language === 'de' ? 'de' : 'en',
    count,
    time(at) {
      const date = new Date(at);
      const isToday = date.toDateString() === new Date(now).toDateString();
      return date.toLocaleString(localeTag(), {
        ...(isToday ? {} : { month: 'short', day: 'numeric' }),
        hour: '2-digit',
        minute: '2-digit',
      });
    },
  };
}

/** The sentence on top and each problem, in the language of the screens; what it does not know stays in English. */
export function sayState(
  snapshot: OperationsSnapshot,
  language: string,
): { sentence: string; problems: ProblemShape[] } {
  const words = writing(language, Date.parse(snapshot.at));
  const problems = snapshot.problems.map((problem) => ({ ...problem, ...wordsFor(problem, words) }));
  return { sentence: stateSentence(problems, snapshot, words), problems };
}
