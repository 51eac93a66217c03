import type { Comparison, TopCrasher } from '@faultline/sdk/api';
import { csvText } from '../reading/csv-text.js';

/** What a line tells of a group, by the id of the column's title. */
const cells: Record<string, (one: TopCrasher) => string | number> = {
  rank: (one) => one.rank,
  before: (one) => one.previousRank ?? '',
  signature: (one) => one.signature,
  count: (one) => one.count,
  share: (one) => one.share,
  previous: (one) => one.previousCount ?? '',
  installs: (one) => one.installs ?? '',
  first: (one) => one.firstSeen,
  firstProduct: (one) => one.firstProduct,
  firstVersion: (one) => one.firstVersion,
  os: (one) => one.platforms.map(({ term, count }) => `${term} ${count}`).join('; '),
  tickets: (one) => one.tickets.join(' '),
};

/** A ranking for a spreadsheet, as the screen shows it. */
export function rankingCsv(crashers: readonly TopCrasher[], titleOf: (column: string) => string): string {
  return csvText([
    Object.keys(cells).map(titleOf),
    ...crashers.map((one) => Object.values(cells).map((cell) => cell(one))),
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
