import { queryTerms, quoteValue } from './query-text.js';

/** Operators of the search language that a form offers; `*` asks whether there is a value at all. */
export const conditionOperators = ['', '=', '~', '^', '$', '@', '>', '>=', '<', '<=', '*'] as const;
export type ConditionOperator = (typeof conditionOperators)[number];

/** One line of a form: a field, what is asked of it, and its value as people read it. */
export interface QueryCondition {
  field: string;
  operator: ConditionOperator;
  value: string;
  isExcluded: boolean;
}

export interface FormOfQuery {
  conditions: QueryCondition[];
  /** Words, alternatives and groups that a form has no lines for, as they are written. */
  rest: string;
}

/** A query as lines of a form. What a form can't show stays as text, so that nothing is lost on the way back. */
export function formOf(query: string): FormOfQuery {
  if (/(^|[\s(])(OR|NOT)([\s(]|$)|[()]/.test(withoutQuoted(query))) return { conditions: [], rest: query.trim() };
  const conditions: QueryCondition[] = [];
  const rest: string[] = [];
  for (const { text } of queryTerms(query)) {
    const condition = conditionOf(text);
    if (condition === null) rest.push(text);
    else conditions.push(condition);
  }
  return { conditions, rest: rest.join(' ') };
}

/** The lines as a query again; lines without a value yet are left out. */
export function queryOf({ conditions, rest }: FormOfQuery): string {
  const terms = conditions
    .filter(({ field, operator, value }) => field !== '' && (operator === '*' || value !== ''))
    .map(({ field, operator, value, isExcluded }) => {
      const asked = operator === '*' ? '*' : `${operator}${quoteValue(value)}`;
      return `${isExcluded ? '-' : ''}${field}:${asked}`;
    });
  return [...terms, rest].filter((part) => part !== '').join(' ');
}

function conditionOf(term: string): QueryCondition | null {
  const parts = /^(-?)([A-Za-z_][\w.]*):(>=|<=|=|~|\^|\$|@|>|<)?(.*)$/s.exec(term);
  if (parts === null) return null;
  const [, sign = '', field = '', operator = '', written = ''] = parts;
  const base = { field, isExcluded: sign === '-' };
  if (operator === '' && written === '*') return { ...base, operator: '*', value: '' };
  // A range, a list or a negation inside has no line of its own.
  if (/^[!(]/.test(written) || (!written.startsWith('"') && written.includes('..'))) return null;
  const known = conditionOperators.find((one) => one === operator);
  return known === undefined ? null : { ...base, operator: known, value: unquoted(written) };
}

function unquoted(written: string): string {
  return /^".*"$/s.test(written) ? written.slice(1, -1).replace(/\\(["\\])/g, '$1') : written;
}

function withoutQuoted(query: string): string {
  return query.replace(/"(?:\\.|[^"\\])*"?/g, '""');
}
