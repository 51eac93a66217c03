import type { ConfigurationApplied, ConfigurationReview } from '@faultline/sdk/api';

/** A review as lines for people: what is wrong first, then what changes. "" when nothing would. */
export function reviewText(review: ConfigurationReview): string {
  const { added, removed, addedWays, removedWays } = review.topology;
  const lines = [
    ...review.problems.map(({ message, hint }) => `problem: ${message} ${hint}`),
    ...review.dangers.map(({ message }) => `danger: ${message}`),
    ...review.warnings.map(({ message, hint }) => `warning: ${message} ${hint}`),
    ...review.differences.map(({ name, before, after, takesEffect, overriddenBy }) =>
      overriddenBy === ''
        ? `${name}: ${valueText(before)} -> ${valueText(after)}  [${takesEffect}]`
        : `${name}: stays ${valueText(after)}, ${overriddenBy} overrides the file`,
    ),
    ...added.map(({ kind, title }) => `topology: + ${kind} ${title}`),
    ...removed.map(({ kind, title }) => `topology: - ${kind} ${title}`),
    ...addedWays.map(({ from, to }) => `topology: + ${from} -> ${to}`),
    ...removedWays.map(({ from, to }) => `topology: - ${from} -> ${to}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

export function appliedText({ review, reloaded, needRestart }: ConfigurationApplied): string {
  const taken = reloaded.length === 0 ? '' : `Taken up by ${reloaded.join(', ')}.\n`;
  const waiting = needRestart.length === 0 ? '' : `After a restart of the server: ${needRestart.join(', ')}.\n`;
  return `${reviewText(review)}Written.\n${taken}${waiting}`;
}

function valueText(value: unknown): string {
  return value === null || value === undefined ? '(not set)' : JSON.stringify(value);
}
