import type { Comparison, TopCrasher } from '@faultline/sdk/api';
import { csvText } from '../reading/csv-text.js';

/** A ranking for a spreadsheet, as the screen shows it. */
export function rankingCsv(crashers: readonly TopCrasher[], titles: readonly string[]): string {
  return csvText([
    titles,
    ...crashers.map((one) => [
      one.rank,
      one.previousRank ?? '',
      one.signature,
      one.count,
      one.share,
      one.previousCount ?? '',
      one.installs ?? '',
      one.firstSeen,
      one.platforms.map(({ term, count }) => `${term} ${count}`).join('; '),
      one.tickets.join(' '),
    ]),
  ]);
}

/** Two versions side by side, one line a group. */
export function comparisonCsv({ a, b, rows }: Comparison, titles: { signature: string; only: string }): string {
  return csvText([
    [titles.signature, `${a.value} #`, a.value, `${b.value} #`, b.value, titles.only],
    ...rows.map((row) => [
      row.signature,
      row.a.rank || '',
      row.a.count,
      row.b.rank || '',
      row.b.count,
      row.only === null ? '' : row.only === 'a' ? a.value : b.value,
    ]),
  ]);
}
