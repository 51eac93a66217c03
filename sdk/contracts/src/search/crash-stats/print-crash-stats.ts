import { FaultlineError } from '../../errors.js';
import type { FieldDefinition } from '../../field-definition.js';
import type { FacetRequest, SearchFilter, SearchOperator, SearchQuery } from '../../search-query.js';
import { valueKind } from '../indexed-values.js';
import type { SearchFields } from '../search-fields.js';
import { crashStatsName } from './field-names.js';

type Parameter = [name: string, value: string];

const signs: Readonly<Partial<Record<SearchOperator, string>>> = {
  is: '=',
  contains: '~',
  starts: '^',
  ends: '$',
  regex: '@',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};
const ranges: readonly SearchOperator[] = ['lt', 'lte', 'gt', 'gte'];

/**
 * The query as Crash Stats parameters, ready for `URLSearchParams`. Parsing them again gives a query that means the
 * same. Throws `Unsupported CRASH_STATS_UNSPEAKABLE` for what they can't say: alternatives over several fields, two
 * alternatives of one field at once, percentiles, "missing" as a facet's value, cursors.
 *
 * @param offset rows to pass over, counted in the query's limit
 */
export function printCrashStats(query: SearchQuery, fields: SearchFields, offset = 0): Parameter[] {
  if (query.cursor !== null) throw unspeakable('a cursor');
  return [
    ...filterParameters(query.filter, fields),
    ['date', `>=${query.from}`],
    ['date', `<${query.to}`],
    ...query.columns.map((name): Parameter => ['_columns', name]),
    ...(query.columns.length === 0 ? [['_columns', 'uuid'] satisfies Parameter] : []),
    ...query.sort.map(({ field, direction }): Parameter => ['_sort', direction === 'desc' ? `-${field}` : field]),
    ...facetParameters(query.facets),
    ['_results_number', String(query.limit - offset)],
    ...(offset === 0 ? [] : [['_results_offset', String(offset)] satisfies Parameter]),
  ];
}

function filterParameters(filter: SearchFilter | null, fields: SearchFields): Parameter[] {
  if (filter === null) return [];
  const conditions = filter.kind === 'all' ? filter.filters : [filter];
  const withAlternatives = new Set<string>();
  return conditions.flatMap((condition) => {
    const values = alternatives(condition).map((part) => printCondition(part, fields));
    const [first] = values;
    if (first === undefined) throw unspeakable('a condition that nothing meets');
    const { name } = first;
    if (values.some((value) => value.name !== name)) throw unspeakable('alternatives over several fields');
    if (values.length > 1 && values.some(({ isRange }) => isRange)) throw unspeakable('one of several ranges');
    if (values.filter(({ isUnwanted }) => isUnwanted).length > 1) throw unspeakable('one of several negations');
    if (!first.isRange) {
      if (withAlternatives.has(name)) throw unspeakable(`two conditions on "${name}" that must both hold`);
      withAlternatives.add(name);
    }
    return values.flatMap(({ texts }) => texts.map((text): Parameter => [name, text]));
  });
}

function alternatives(filter: SearchFilter): SearchFilter[] {
  return filter.kind === 'any' ? filter.filters : [filter];
}

interface Printed {
  name: string;
  texts: string[];
  isRange: boolean;
  /** Bare and negated: Crash Stats joins all of these of a field. */
  isUnwanted: boolean;
}

function printCondition(filter: SearchFilter, fields: SearchFields): Printed {
  if (filter.kind !== 'not') return printField(filter, fields, false);
  const inner = filter.filter;
  if (inner.kind !== 'any') return printField(inner, fields, true);
  const printed = inner.filters.map((part) => printField(part, fields, true));
  const [first] = printed;
  const isOne = first !== undefined && printed.every(({ name, isUnwanted }) => isUnwanted && name === first.name);
  if (!isOne) throw unspeakable('a negation of several conditions');
  return { ...first, texts: printed.flatMap(({ texts }) => texts) };
}

function printField(filter: SearchFilter, fields: SearchFields, isNegated: boolean): Printed {
  if (filter.kind !== 'field') throw unspeakable('conditions inside of conditions');
  const field = fields.get(filter.field);
  if (field === undefined) throw unspeakable(`a condition on "${filter.field}", which is no field`);
  const known = crashStatsName(field.id);
  // A field of its own may have the name: `build_id` is the number of `build`.
  const name = fields.get(known)?.id === field.id ? known : field.id;
  const negation = isNegated ? '!' : '';
  if (filter.operator === 'exists') {
    return { name, texts: [`${isNegated ? '' : '!'}__null__`], isRange: false, isUnwanted: false };
  }
  const isRange = ranges.includes(filter.operator);
  const text = valueText(field, filter.operator, filter.value ?? '');
  const isBare = !isRange && (valueKind(field.type) === 'number' || !/^[=~^$@]/.test(text));
  return { name, texts: [`${negation}${text}`], isRange, isUnwanted: isNegated && isBare };
}

function valueText(field: FieldDefinition, operator: SearchOperator, value: string | number | boolean): string {
  if (field.type === 'boolean') return value === true ? '__true__' : 'false';
  const isNumber = valueKind(field.type) === 'number';
  if (field.type === 'date' && !ranges.includes(operator)) {
    throw unspeakable(`"${field.id}" at one moment`);
  }
  if (operator !== 'has') return `${isNumber && operator === 'is' ? '' : (signs[operator] ?? '')}${String(value)}`;
  const text = String(value);
  if (isNumber) return text;
  const isPlain =
    text !== '' && !/^(?:[!=~^$@]|__null__$)/.test(text) && !(field.id === 'version' && text.endsWith('b'));
  if (isPlain) return text;
  // Without words of its own a value of such a field is compared whole, which "=" says too.
  if (field.type !== 'string') return `=${text}`;
  throw unspeakable(`the words "${text.slice(0, 40)}"`);
}

function facetParameters(facets: readonly FacetRequest[]): Parameter[] {
  const sizes = new Set<number>();
  const parameters: Parameter[] = [];
  const walk = (facet: FacetRequest, path: readonly string[]): void => {
    if (facet.kind === 'extent' || facet.kind === 'percentiles') throw unspeakable(`"${facet.kind}" as a facet`);
    if (facet.kind === 'terms') {
      if (facet.includeMissing === true) throw unspeakable('"missing" as a value of a facet');
      sizes.add(facet.size);
    }
    if (facet.kind === 'histogram') parameters.push([`_histogram_interval.${facet.field}`, String(facet.interval)]);
    const step = facet.kind === 'terms' ? facet.field : `_${facet.kind}.${facet.field}`;
    const key = facet.kind === 'terms' ? facet.field : `${facet.kind}_${facet.field}`;
    if (facet.name !== key) throw unspeakable(`a facet named "${facet.name}"`);
    const nested = facet.kind === 'cardinality' ? [] : (facet.facets ?? []);
    if (nested.length === 0) parameters.push(facetParameter(path, step));
    for (const inner of nested) walk(inner, [...path, step]);
  };
  for (const facet of facets) walk(facet, []);
  if (sizes.size > 1) throw unspeakable('facets of several sizes');
  const [size] = sizes;
  if (facets.length === 0) return [['_facets_size', '0']];
  const isDefaultOff = parameters.some(([name]) => name === '_facets');
  return [
    ...parameters,
    // Without any `_facets`, Crash Stats counts signatures.
    ...(isDefaultOff ? [] : [['_facets', ''] satisfies Parameter]),
    ...(size === undefined ? [] : [['_facets_size', String(size)] satisfies Parameter]),
  ];
}

function facetParameter(path: readonly string[], what: string): Parameter {
  const [root, ...rest] = path;
  if (root === undefined) return ['_facets', what];
  if (!root.startsWith('_')) {
    if (rest.some((step) => step.startsWith('_'))) throw unspeakable('a facet inside of a nested histogram');
    return [`_aggs.${path.join('.')}`, what];
  }
  if (rest.length > 0) throw unspeakable('facets nested twice inside of a histogram');
  return [root, what];
}

function unspeakable(what: string): FaultlineError {
  return new FaultlineError('Unsupported', 'CRASH_STATS_UNSPEAKABLE', `Crash Stats parameters can't say ${what}.`, {
    hint: 'Ask /api/v1/search, which can.',
  });
}
