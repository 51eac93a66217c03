import type { ProductCatalog, SearchEngine } from '@faultline/sdk';
import type { Trend } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { nextStep, stepStart } from '@faultline/sdk/search';
import type { FacetBucket, FacetRequest } from '@faultline/sdk/search-query';
import { bucketsOf, count, iso, type Scope } from './scope.js';

/** Points of one line. */
const mostSteps = 2_000;
const mostReleases = 200;

export interface TrendWish {
  /** "" for one line of all. */
  field: string;
  size: number;
  interval: 'hour' | 'day' | 'week' | 'month';
}

/** Throws as a search does, and `TooLarge TREND_TOO_FINE`. */
export async function trend(
  { engine, catalog }: { engine: SearchEngine; catalog: ProductCatalog },
  scope: Scope,
  { field, size, interval }: TrendWish,
): Promise<Trend> {
  const steps = stepsOf(scope, interval);
  const byTime: FacetRequest = { kind: 'histogram', name: 'time', field: 'submitted_timestamp', interval };
  const name = field === '' ? '' : (scope.fields.get(field)?.id ?? field);
  const byValue: FacetRequest[] =
    name === '' ? [] : [{ kind: 'terms', name: 'values', field: name, size, includeMissing: true, facets: [byTime] }];
  const products: FacetRequest = { kind: 'terms', name: 'products', field: 'product', size: 20 };
  const { total, facets } = await count(engine, scope, [byTime, products, ...byValue]);
  const all = line(bucketsOf(facets['time']), steps);
  const series = bucketsOf(facets['values']).map((bucket) => ({
    value: bucket.term === null ? null : String(bucket.term),
    total: bucket.count,
    counts: line(bucketsOf(bucket.facets?.['time']), steps),
  }));
  // A crash of a list field is on several lines, so the rest may come out below zero.
  const other = all.map((number, at) => Math.max(0, number - sumAt(series, at)));
  return {
    steps,
    series: name === '' ? [{ value: null, total, counts: all }] : series,
    other: name === '' ? all.map(() => 0) : other,
    total,
    releases: await releasesIn(catalog, scope, bucketsOf(facets['products'])),
  };
}

function stepsOf({ from, to }: Scope, interval: TrendWish['interval']): string[] {
  const steps: string[] = [];
  for (let at = stepStart(from, interval); at < to; at = nextStep(at, interval)) {
    if (steps.length >= mostSteps) {
      throw new FaultlineError('TooLarge', 'TREND_TOO_FINE', `A trend may have at most ${mostSteps} steps.`, {
        hint: 'Take a longer interval or a shorter range.',
        details: { bound: mostSteps },
      });
    }
    steps.push(iso(at));
  }
  return steps;
}

function line(buckets: readonly FacetBucket[], steps: readonly string[]): number[] {
  const counts = new Map(buckets.map(({ term, count: number }) => [term, number]));
  return steps.map((step) => counts.get(step) ?? 0);
}

function sumAt(series: readonly { counts: number[] }[], at: number): number {
  return series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0);
}

async function releasesIn(
  catalog: ProductCatalog,
  { from, to }: Scope,
  products: readonly FacetBucket[],
): Promise<Trend['releases']> {
  const found: Trend['releases'] = [];
  for (const { term } of products) {
    for (const { product, version, channel, date } of await catalog.releases({ product: String(term) })) {
      const time = Date.parse(date);
      const isKnown = found.some((one) => one.product === product && one.version === version);
      if (time >= from && time < to && !isKnown) found.push({ product, version, channel, date });
    }
  }
  return found.sort((a, b) => (a.date < b.date ? -1 : 1)).slice(-mostReleases);
}
