/**
 * Facets of a selection. Every level works on the same three arrays a source: rows, the bucket each row is in, and the
 * ordinal of its value; a bucket's own facets are counted for all buckets of a level at once.
 */
import type { FieldDefinition } from '@faultline/sdk';
import type { FacetBucket, FacetResult } from '@faultline/sdk/search-query';
import { searchBounds, tooLarge, valueKind, type CheckedFacet } from '@faultline/sdk/search';
import { numberAt, type Codes, type Column } from '../columns/column.js';
import type { RowSource } from '../segments/row-source.js';
import type { StringTable } from '../strings/string-table.js';
import { numbersByGroup, ordinalsByGroup, type ByGroup } from './by-group.js';
import { largestOf, largestTerms, type Term } from './largest-terms.js';
import { codeOrdinals, NumberOrdinals, type Counted } from './ordinals.js';
import type { Selected } from './selection.js';
import type { Turns } from './turns.js';

export interface FacetContext {
  turns: Turns;
  column(source: RowSource, field: string): Promise<Column | undefined>;
  table(field: string): Promise<StringTable>;
}

/** Results by facet name, one for each group. */
export async function countFacets(
  requests: readonly CheckedFacet[],
  level: readonly Selected[],
  groups: number,
  context: FacetContext,
): Promise<Record<string, FacetResult>[]> {
  const results: Record<string, FacetResult>[] = Array.from({ length: groups }, () => ({}));
  for (const request of requests) {
    const answers = await countFacet(request, level, groups, context);
    for (const [group, answer] of answers.entries()) {
      const result = results[group];
      if (result !== undefined) result[request.name] = answer;
    }
  }
  return results;
}

async function countFacet(
  request: CheckedFacet,
  level: readonly Selected[],
  groups: number,
  context: FacetContext,
): Promise<FacetResult[]> {
  switch (request.kind) {
    case 'terms':
    case 'histogram':
      return countBuckets(request, level, groups, context);
    case 'cardinality': {
      const { counted, size } = await ordinalsFor(request.field, null, level, context);
      return distinct(ordinalsByGroup(counted, groups), size).map((value) => ({ kind: 'cardinality', value }));
    }
    case 'extent': {
      const numbers = await numbersOf(request.field, level, context);
      return extents(numbers, groups).map(([min, max]) => ({
        kind: 'extent',
        min: asValue(request.field, min),
        max: asValue(request.field, max),
      }));
    }
    case 'percentiles': {
      const { entriesOf } = numbersByGroup(await numbersOf(request.field, level, context), groups);
      return Array.from({ length: groups }, (_, group) => {
        const [entries = new Float64Array(0)] = entriesOf(group);
        const sorted = entries.sort();
        const end = sorted.findIndex((value) => Number.isNaN(value));
        const present = end === -1 ? sorted : sorted.subarray(0, end);
        const values = request.percents.map((percent): [string, number | null] => [
          String(percent),
          percentile(present, percent),
        ]);
        return { kind: 'percentiles', values: Object.fromEntries(values) };
      });
    }
  }
}

async function countBuckets(
  request: Extract<CheckedFacet, { kind: 'terms' | 'histogram' }>,
  level: readonly Selected[],
  groups: number,
  context: FacetContext,
): Promise<FacetResult[]> {
  const quick = groups === 1 && request.facets.length === 0 && valueKind(request.field.type) === 'text';
  if (quick && request.kind === 'terms') return [await countTexts(request, level, context)];
  const interval = request.kind === 'histogram' ? request.interval : null;
  const { counted, size, compare, termOf } = await ordinalsFor(request.field, interval, level, context);
  if (request.kind === 'histogram' && size > searchBounds.histogramSteps) {
    throw tooLarge('steps in a histogram', searchBounds.histogramSteps, { place: request.name });
  }
  const chosen = largestTerms(ordinalsByGroup(counted, groups), size, {
    compare,
    size: request.kind === 'terms' ? request.size : Infinity,
    includeMissing: request.kind === 'terms' && request.includeMissing,
    byTerm: request.kind === 'histogram',
  });
  await context.turns.next();
  const total = chosen.reduce((sum, { terms }) => sum + terms.length, 0);
  if (total > searchBounds.nestedBuckets) {
    throw tooLarge('buckets in one answer', searchBounds.nestedBuckets, { place: request.name });
  }
  const nested =
    request.facets.length === 0
      ? null
      : await countFacets(request.facets, insideBuckets(counted, chosen, size), total, context);
  let bucketNumber = 0;
  return chosen.map(({ terms, other }) => ({
    kind: request.kind,
    buckets: terms.map(({ ordinal, count }): FacetBucket => {
      const facets = nested?.[bucketNumber++];
      return { term: termOf(ordinal), count, ...(facets === undefined ? {} : { facets }) };
    }),
    other,
  }));
}

/** The commonest facet, without anything to be made for each row. */
async function countTexts(
  request: Extract<CheckedFacet, { kind: 'terms' }>,
  level: readonly Selected[],
  context: FacetContext,
): Promise<FacetResult> {
  const table = await context.table(request.field.id);
  const counts = new Uint32Array(table.size + 1);
  for (const { source, rows } of level) {
    const column = await context.column(source, request.field.id);
    if (column?.kind === 'codes') countCodes(column.codes, rows, counts);
    else counts[0] = (counts[0] ?? 0) + rows.length;
    await context.turns.next();
  }
  const { includeMissing, size } = request;
  const { terms, other } = largestOf(counts, { compare: (a, b) => table.compare(a, b), size, includeMissing });
  const buckets = terms.map(({ ordinal, count }) => ({ term: ordinal === 0 ? null : table.textOf(ordinal), count }));
  return { kind: 'terms', buckets, other };
}

function countCodes(codes: Codes, rows: Uint32Array, counts: Uint32Array): void {
  for (const row of rows) {
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
}

/** Rows of the chosen buckets, each bucket a group of its own, numbered in the order of the answer. */
function insideBuckets(
  counted: readonly Counted[],
  chosen: readonly { terms: readonly Term[] }[],
  size: number,
): Selected[] {
  const cells = chosen.length * size;
  const dense = cells <= 2 ** 24 ? new Uint32Array(cells) : null;
  const sparse = new Map<number, number>();
  let next = 0;
  for (const [group, { terms }] of chosen.entries()) {
    for (const { ordinal } of terms) {
      next++;
      if (dense === null) sparse.set(group * size + ordinal, next);
      else dense[group * size + ordinal] = next;
    }
  }
  return counted.map(({ source, rows, groups, ordinals }) => {
    const inside = new Uint32Array(rows.length);
    const numbers = new Uint32Array(rows.length);
    let count = 0;
    for (let index = 0; index < rows.length; index++) {
      const cell = (groups?.[index] ?? 0) * size + (ordinals[index] ?? 0);
      const bucket = (dense === null ? sparse.get(cell) : dense[cell]) ?? 0;
      if (bucket === 0) continue;
      inside[count] = rows[index] ?? 0;
      numbers[count++] = bucket - 1;
    }
    return { source, rows: inside.subarray(0, count), groups: numbers.subarray(0, count) };
  });
}

interface FieldOrdinals {
  counted: Counted[];
  /** Ordinals are below. */
  size: number;
  compare(a: number, b: number): number;
  termOf(ordinal: number): string | number | boolean | null;
}

async function ordinalsFor(
  field: FieldDefinition,
  interval: 'hour' | 'day' | 'week' | 'month' | number | null,
  level: readonly Selected[],
  context: FacetContext,
): Promise<FieldOrdinals> {
  const counted: Counted[] = [];
  if (valueKind(field.type) !== 'number') {
    const table = await context.table(field.id);
    const size = table.size + 1;
    for (const selected of level) {
      counted.push(codeOrdinals(selected, await context.column(selected.source, field.id)));
      await context.turns.next();
    }
    return {
      counted,
      size,
      compare: (a, b) => table.compare(a, b),
      termOf: (ordinal) => (ordinal === 0 ? null : table.textOf(ordinal)),
    };
  }
  const numbers = new NumberOrdinals(interval);
  for (const selected of level) {
    counted.push(numbers.count(selected, await context.column(selected.source, field.id)));
    await context.turns.next();
  }
  const { values } = numbers;
  return {
    counted,
    size: values.length,
    compare: (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
    termOf: (ordinal) => asValue(field, values[ordinal] ?? NaN),
  };
}

interface Numbers {
  groups: Uint32Array | null;
  numbers: Float64Array;
}

async function numbersOf(
  field: FieldDefinition,
  level: readonly Selected[],
  context: FacetContext,
): Promise<Numbers[]> {
  const parts: Numbers[] = [];
  for (const { source, rows, groups } of level) {
    const column = await context.column(source, field.id);
    const numbers = new Float64Array(rows.length).fill(NaN);
    if (column !== undefined) {
      for (let index = 0; index < rows.length; index++) numbers[index] = numberAt(column, rows[index] ?? 0);
    }
    parts.push({ groups, numbers });
    await context.turns.next();
  }
  return parts;
}

function distinct({ groups, entriesOf }: ByGroup<Uint32Array>, size: number): number[] {
  const seenIn = new Uint32Array(size);
  return Array.from({ length: groups }, (_, group) => {
    let count = 0;
    for (const ordinals of entriesOf(group)) {
      for (const ordinal of ordinals) {
        if (ordinal === 0 || seenIn[ordinal] === group + 1) continue;
        seenIn[ordinal] = group + 1;
        count++;
      }
    }
    return count;
  });
}

function extents(parts: readonly Numbers[], groups: number): [number, number][] {
  const low = new Float64Array(groups).fill(Infinity);
  const high = new Float64Array(groups).fill(-Infinity);
  for (const { groups: groupOf, numbers } of parts) {
    for (let index = 0; index < numbers.length; index++) {
      const group = groupOf?.[index] ?? 0;
      const value = numbers[index] ?? NaN;
      if (value < (low[group] ?? 0)) low[group] = value;
      if (value > (high[group] ?? 0)) high[group] = value;
    }
  }
  return Array.from(low, (value, group) => (value === Infinity ? [NaN, NaN] : [value, high[group] ?? NaN]));
}

/** Linear between the two nearest values; null without values. */
function percentile(sorted: Float64Array, percent: number): number | null {
  if (sorted.length === 0) return null;
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** A number as an answer shows it: dates in ISO 8601, booleans as such; null for NaN. */
export function asValue(field: FieldDefinition, value: number): string | number | boolean | null {
  if (Number.isNaN(value)) return null;
  if (field.type === 'boolean') return value === 1;
  return field.type === 'date' ? new Date(value).toISOString() : value;
}
