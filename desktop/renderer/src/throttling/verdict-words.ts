import type { Test, Verdict } from './throttle-rules.js';

export const verdictWords = {
  accept: 'throttling.verdict.accept',
  defer: 'throttling.verdict.defer',
  reject: 'throttling.verdict.reject',
  fakeAccept: 'throttling.verdict.fakeAccept',
  continue: 'throttling.verdict.continue',
} as const satisfies Record<Verdict, string>;

export const testWords = {
  present: 'throttling.test.present',
  absent: 'throttling.test.absent',
  equals: 'throttling.test.equals',
  prefix: 'throttling.test.prefix',
  oneOf: 'throttling.test.oneOf',
  matches: 'throttling.test.matches',
  olderThanDays: 'throttling.test.olderThanDays',
} as const satisfies Record<Test, string>;
