import type { SearchAnswer } from '@faultline/sdk/api';

type Row = SearchAnswer['rows'][number];
const widestCell = 90;

/** Rows in columns of equal width; long values are cut. What a terminal would obey is left out. */
export function textTable(rows: readonly Row[], columns: readonly string[]): string {
  const cells = [columns, ...rows.map((row) => columns.map((name) => shown(row[name] ?? null)))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) => line.map((cell, at) => cell.padEnd(at === columns.length - 1 ? 0 : (widths[at] ?? 0))).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** Counts of each facet, nested ones indented below their value. */
export function facetText(facets: SearchAnswer['facets'], indent = ''): string {
  let text = '';
  for (const [name, { buckets, other, value }] of Object.entries(facets)) {
    text += `${indent}${name}${value === undefined ? '' : `: ${value}`}\n`;
    for (const { term, count, facets: nested } of buckets) {
      text += `${indent}  ${String(count).padStart(8)}  ${term === null ? '(missing)' : shown(term)}\n`;
      if (nested !== undefined) text += facetText(nested, `${indent}            `);
    }
    if (other > 0) text += `${indent}  ${String(other).padStart(8)}  (others)\n`;
  }
  return text;
}

/** Values come from reports, and some begin with what moves the cursor. */
export function shown(value: Row[string]): string {
  const text = (Array.isArray(value) ? value.join('; ') : String(value ?? '')).replace(/\p{Cc}+/gu, ' ');
  return text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text;
}
