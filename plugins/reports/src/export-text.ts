/** Rows of a search as the text of a file, in pieces of a page each. */
import type { ExportFormat } from '@faultline/sdk/api';
import type { SearchRow } from '@faultline/sdk/search-query';
import type { RowPages } from './search-export.js';

export const exportTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

export function exportText(format: ExportFormat, pages: RowPages, columns: readonly string[]): AsyncGenerator<string> {
  switch (format) {
    case 'csv':
      return csvText(pages, columns);
    case 'ndjson':
      return lines(pages, columns);
    case 'json':
      return array(pages, columns);
  }
}

/** RFC 4180, with a line of names first. */
async function* csvText(pages: RowPages, columns: readonly string[]): AsyncGenerator<string> {
  yield `${columns.map(csvCell).join(',')}\r\n`;
  for await (const rows of pages) {
    yield rows.map((row) => `${columns.map((name) => csvCell(row[name] ?? null)).join(',')}\r\n`).join('');
  }
}

async function* lines(pages: RowPages, columns: readonly string[]): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(inOrder(row, columns))}\n`).join('');
}

async function* array(pages: RowPages, columns: readonly string[]): AsyncGenerator<string> {
  let before = '[\n';
  for await (const rows of pages) {
    yield before + rows.map((row) => JSON.stringify(inOrder(row, columns))).join(',\n');
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function inOrder(row: SearchRow, columns: readonly string[]): SearchRow {
  return Object.fromEntries(columns.map((name) => [name, row[name] ?? null]));
}

/**
 * Values come from anybody's crash reports, and spreadsheets run what begins with one of these as a formula; an
 * apostrophe in front makes it text. Numbers are ours and stay as they are.
 */
const formulaStart = /^[=+\-@\t\r\n|%＝＋－＠]/;

function csvCell(value: SearchRow[string]): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : value.join('; ');
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
