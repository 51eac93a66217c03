/**
 * The search bar's language:
 *
 *     signature:~"OnMessage" product:Fenix date:>-7d -version:125.0
 *
 * Conditions stand side by side and must all hold; `OR`, parentheses, and `-` or `NOT` in front combine them.
 *
 *     field:value      has the words (string fields), or is the value
 *     field:=value     is exactly            field:~value    contains
 *     field:^value     starts with           field:$value    ends with
 *     field:@value     matches the regular expression, whole
 *     field:>v >=v <v <=v   field:a..b       ranges of numbers and dates, both ends included
 *     field:*          has any value         -field:*        is missing
 *     field:(a, b)     any of                field:!value    not (before any operator)
 *     word "two words" signature contains it; a crash id finds the crash
 *
 * A value with blanks or special characters stands in double quotes, with `\"` and `\\` inside.
 */
import { parseCrashId } from '../crash-id.js';
import type { FieldDefinition } from '../field-definition.js';
import type { SearchFilter, SearchOperator } from '../search-query.js';
import type { UnixMillis } from '../units.js';
import { requireOperator } from './check-filter.js';
import { searchBounds } from './search-bounds.js';
import { searchMistake, tooLarge, unknownField } from './search-error.js';
import type { SearchFields } from './search-fields.js';
import { conditionFor, type RangeOperator } from './typed-condition.js';

/** Longest text that is parsed. */
export const longestSearchText = 20_000;

const fieldStart = /[A-Za-z][A-Za-z0-9_]*:/y;
const operatorStart = /(!?)(>=|<=|=|~|\^|\$|@|>|<)?/y;
const textOperators: Readonly<Record<string, SearchOperator>> = {
  '': 'has',
  '=': 'is',
  '~': 'contains',
  '^': 'starts',
  $: 'ends',
  '@': 'regex',
};
const rangeOperators: Readonly<Record<string, RangeOperator>> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };

/**
 * Null for a text without conditions. Throws `Malformed SEARCH_SYNTAX | SEARCH_FIELD_UNKNOWN |
 * SEARCH_OPERATOR_INVALID | SEARCH_VALUE_INVALID` with `start` and `end` in `details`: UTF-16 offsets into the text.
 */
export function parseSearchText(text: string, options: { fields: SearchFields; now: UnixMillis }): SearchFilter | null {
  if (text.length > longestSearchText) {
    throw tooLarge('characters of text', longestSearchText, { start: longestSearchText, end: text.length });
  }
  return new SearchTextParser(text, options.fields, options.now).parse();
}

class SearchTextParser {
  private position = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly fields: SearchFields,
    private readonly now: UnixMillis,
  ) {}

  parse(): SearchFilter | null {
    this.skipBlanks();
    if (this.isAtEnd) return null;
    const filter = this.alternatives();
    if (!this.isAtEnd) throw this.mistake('This ")" closes nothing.', this.position, this.position + 1);
    return filter;
  }

  private alternatives(): SearchFilter {
    const filters = [this.conditions()];
    while (this.takeWord('OR')) filters.push(this.conditions());
    return combined('any', filters);
  }

  private conditions(): SearchFilter {
    const filters: SearchFilter[] = [];
    for (;;) {
      this.skipBlanks();
      const isMore = !this.isAtEnd && this.peek() !== ')' && !this.isWordAhead('OR');
      if (!isMore) break;
      if (filters.length > 0 && this.takeWord('AND')) continue;
      filters.push(this.condition());
    }
    if (filters.length > 0) return combined('all', filters);
    throw this.mistake('A condition is missing here.', this.position, this.position + 1);
  }

  private condition(): SearchFilter {
    this.skipBlanks();
    const start = this.position;
    if (this.takeWord('NOT')) return this.negated(start);
    if (this.peek() === '-' && /\S/.test(this.text[start + 1] ?? '')) {
      this.position++;
      return this.negated(start);
    }
    if (this.peek() === '(') return this.group();
    fieldStart.lastIndex = start;
    const named = fieldStart.exec(this.text);
    if (named === null || this.text.startsWith('::', start + named[0].length - 1)) return this.freeText();
    this.position += named[0].length;
    return this.fieldCondition(named[0].slice(0, -1), start);
  }

  private negated(start: number): SearchFilter {
    this.descend(start);
    const filter = this.condition();
    this.depth--;
    return { kind: 'not', filter };
  }

  private group(): SearchFilter {
    const start = this.position++;
    this.descend(start);
    const filter = this.alternatives();
    if (this.peek() !== ')') throw this.mistake('This "(" is never closed.', start, start + 1);
    this.position++;
    this.depth--;
    return filter;
  }

  private freeText(): SearchFilter {
    const start = this.position;
    const word = this.value(start, false);
    if (word === '') throw this.mistake('A word or a condition was expected here.', start, start + 1);
    const id = parseCrashId(word);
    if (id !== null) return { kind: 'field', field: 'crash_id', operator: 'is', value: id };
    const field = this.field('signature', start, this.position);
    return { kind: 'field', field: field.id, operator: 'contains', value: word };
  }

  private fieldCondition(name: string, start: number): SearchFilter {
    const field = this.field(name, start, start + name.length);
    operatorStart.lastIndex = this.position;
    const [whole = '', negation = '', sign = ''] = operatorStart.exec(this.text) ?? [];
    this.position += whole.length;
    const filter = this.peek() === '(' ? this.anyOf(field, sign, start) : this.single(field, sign, start, false);
    return negation === '' ? filter : { kind: 'not', filter };
  }

  private anyOf(field: FieldDefinition, sign: string, start: number): SearchFilter {
    const open = this.position++;
    const filters: SearchFilter[] = [];
    for (;;) {
      this.skipBlanks();
      if (this.isAtEnd) throw this.mistake('This "(" is never closed.', open, open + 1);
      filters.push(this.single(field, sign, start, true));
      this.skipBlanks();
      const next = this.peek();
      if (next === ',') this.position++;
      else if (next === ')') break;
      else if (this.isAtEnd) continue;
      else throw this.mistake('A comma or ")" was expected here.', this.position, this.position + 1);
    }
    this.position++;
    return combined('any', filters);
  }

  private single(field: FieldDefinition, sign: string, start: number, isInList: boolean): SearchFilter {
    const valueStart = this.position;
    const isQuoted = this.peek() === '"';
    const value = this.value(valueStart, isInList);
    const place = { start, end: this.position };
    if (value === '' && !isQuoted) {
      throw searchMistake('SEARCH_SYNTAX', `"${field.id}" needs a value.`, place, 'For an empty text, write "".');
    }
    if (value === '*' && sign === '' && !isQuoted) {
      requireOperator(field, 'exists', place);
      return { kind: 'field', field: field.id, operator: 'exists' };
    }
    const range = rangeOperators[sign];
    const operator = range ?? textOperators[sign] ?? 'has';
    requireOperator(field, operator, place);
    return conditionFor({ field, operator, value, place, now: this.now });
  }

  private field(name: string, start: number, end: number): FieldDefinition {
    const field = this.fields.get(name);
    if (field === undefined) throw unknownField(name, this.fields, { start, end });
    return field;
  }

  /** A quoted text, or all up to a blank, a closing parenthesis that was not opened in it, or a list's comma. */
  private value(start: number, isInList: boolean): string {
    if (this.peek() === '"') return this.quoted(start);
    let open = 0;
    while (!this.isAtEnd) {
      const next = this.peek();
      if (/\s/.test(next) || (isInList && next === ',')) break;
      if (next === '(') open++;
      if (next === ')' && open-- === 0) break;
      this.position++;
    }
    return this.text.slice(start, this.position);
  }

  private quoted(start: number): string {
    let value = '';
    this.position++;
    while (!this.isAtEnd) {
      const next = this.text[this.position++] ?? '';
      if (next === '"') return value;
      if (next === '\\' && !this.isAtEnd) value += this.text[this.position++] ?? '';
      else value += next;
    }
    throw this.mistake('This quotation mark is never closed.', start, start + 1);
  }

  private descend(start: number): void {
    this.depth++;
    if (this.depth * 2 > searchBounds.filterDepth) {
      throw tooLarge('levels of parentheses and NOT', searchBounds.filterDepth / 2, { start, end: start + 1 });
    }
  }

  private isWordAhead(word: string): boolean {
    if (!this.text.startsWith(word, this.position)) return false;
    return /^[\s()]?$/.test(this.text[this.position + word.length] ?? '');
  }

  private takeWord(word: string): boolean {
    this.skipBlanks();
    if (!this.isWordAhead(word)) return false;
    this.position += word.length;
    return true;
  }

  private skipBlanks(): void {
    while (/\s/.test(this.peek())) this.position++;
  }

  private peek(): string {
    return this.text[this.position] ?? '';
  }

  private get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  private mistake(message: string, start: number, end: number): Error {
    return searchMistake('SEARCH_SYNTAX', message, { start, end: Math.min(Math.max(end, start), this.text.length) });
  }
}

function combined(kind: 'all' | 'any', filters: SearchFilter[]): SearchFilter {
  const [first] = filters;
  return filters.length === 1 && first !== undefined ? first : { kind, filters };
}
