/** The questions that groups are made from: few, whatever the number of groups. */
import type { SearchEngine } from '@faultline/sdk';
import type { FacetBucket, FacetRequest, FacetResult, SearchFilter, SearchQuery } from '@faultline/sdk/search-query';
import { countable, sparkStep, type GroupScope } from './group-scope.js';

/** Signatures that are ranked; rarer ones of a larger scope are counted, not listed. */
const mostRanked = 10_000;
/** Signatures that one question may name. */
const mostNamed = 1_500;
/** Before any crash. */
const beginning = '1970-01-01T00:00:00.000Z';

export interface Ranking {
  totalCrashes: number;
  totalGroups: number;
  /** By count. */
  signatures: { signature: string; count: number; /** "" unless asked for. */ lastSeen: string }[];
}

/** Signatures of the scope in its range. */
export async function rankSignatures(
  engine: SearchEngine,
  scope: GroupScope,
  wish: { withLastSeen: boolean },
): Promise<Ranking> {
  const { total, facets } = await ask(engine, scope, {
    facets: [
      bySignature(mostRanked, wish.withLastSeen ? [seen] : undefined),
      { kind: 'cardinality', name: 'groups', field: 'signature' },
    ],
  });
  const groups = facets['groups'];
  return {
    totalCrashes: total,
    totalGroups: groups?.kind === 'cardinality' ? groups.value : 0,
    signatures: bucketsOf(facets['signatures']).map((bucket) => ({
      signature: String(bucket.term),
      count: bucket.count,
      lastSeen: extentOf(bucket).max,
    })),
  };
}

/** Counts by signature in the range of equal length before; null when nothing was collected then. */
export async function previousCounts(engine: SearchEngine, scope: GroupScope): Promise<Map<string, number> | null> {
  const before = { ...scope, from: scope.from - (scope.to - scope.from), to: scope.from };
  const { total, facets } = await ask(engine, before, { facets: [bySignature(mostRanked)] });
  if (total === 0) return null;
  return new Map(bucketsOf(facets['signatures']).map(({ term, count }) => [String(term), count]));
}

/** Crashes of signatures that are too rare to be ranked, in the scope's range. */
export async function countsOf(
  engine: SearchEngine,
  scope: GroupScope,
  signatures: readonly string[],
): Promise<Ranking['signatures']> {
  const counted: Ranking['signatures'] = [];
  for (let start = 0; start < signatures.length; start += mostNamed) {
    const named = signatures.slice(start, start + mostNamed);
    const { facets } = await ask(engine, scope, { filter: oneOf(named), facets: [bySignature(named.length, [seen])] });
    for (const bucket of bucketsOf(facets['signatures'])) {
      counted.push({ signature: String(bucket.term), count: bucket.count, lastSeen: extentOf(bucket).max });
    }
  }
  return counted;
}

/** When each of the signatures came first, ever. */
export async function firstSeen(
  engine: SearchEngine,
  scope: GroupScope,
  signatures: readonly string[],
): Promise<Map<string, string>> {
  const first = new Map<string, string>();
  for (let start = 0; start < signatures.length; start += mostNamed) {
    const named = signatures.slice(start, start + mostNamed);
    const { facets } = await ask(engine, scope, {
      filter: oneOf(named),
      from: beginning,
      facets: [bySignature(named.length, [seen])],
    });
    for (const bucket of bucketsOf(facets['signatures'])) first.set(String(bucket.term), extentOf(bucket).min);
  }
  return first;
}

/** A group as the search engine sees it: its own signature, and all that count as it. */
export interface GroupSignatures {
  signature: string;
  signatures: readonly string[];
}

/** Everything that a row of the inbox shows of each group, by its own signature, beside its dates before the range. */
export async function summaries(
  engine: SearchEngine,
  scope: GroupScope,
  groups: readonly GroupSignatures[],
): Promise<Map<string, FacetBucket>> {
  const facets = summaryFacets(scope);
  const found = new Map<string, FacetBucket>();
  const single = groups.filter(({ signatures }) => signatures.length === 1).map(({ signature }) => signature);
  for (let start = 0; start < single.length; start += mostNamed) {
    const named = single.slice(start, start + mostNamed);
    const answer = await ask(engine, scope, { filter: oneOf(named), facets: [bySignature(named.length, facets)] });
    for (const bucket of bucketsOf(answer.facets['signatures'])) found.set(String(bucket.term), bucket);
  }
  // Distinct installations can't be added up, so groups of several signatures are asked for one by one.
  for (const { signature, signatures } of groups) {
    if (signatures.length === 1) continue;
    const { total, facets: own } = await ask(engine, scope, { filter: oneOf(signatures), facets });
    if (total > 0) found.set(signature, { term: signature, count: total, facets: own });
  }
  return found;
}

function summaryFacets(scope: GroupScope): FacetRequest[] {
  const terms = (field: string, size: number): FacetRequest[] =>
    countable(scope, [field]).map(() => ({ kind: 'terms', name: field, field, size }));
  return [
    seen,
    ...terms('version', 100),
    ...terms('os_name', 8),
    ...terms('product', 8),
    ...countable(scope, ['install']).map((field): FacetRequest => ({ kind: 'cardinality', name: 'installs', field })),
    { kind: 'histogram', name: 'spark', field: 'submitted_timestamp', interval: sparkStep(scope) },
  ];
}

/** The scope's crashes, narrowed; no rows unless `more` asks for them. */
export function ask(
  engine: SearchEngine,
  scope: GroupScope,
  more: Partial<Omit<SearchQuery, 'to'>>,
): ReturnType<SearchEngine['search']> {
  const { mayViewProtected, signal } = scope;
  const filters = [scope.filter, more.filter ?? null].filter((filter) => filter !== null);
  const query: SearchQuery = {
    from: new Date(scope.from).toISOString(),
    to: new Date(scope.to).toISOString(),
    sort: [],
    limit: 0,
    cursor: null,
    columns: [],
    facets: [],
    ...more,
    filter: filters.length === 0 ? null : { kind: 'all', filters },
  };
  return engine.search(query, { mayViewProtected, signal });
}

export function oneOf(signatures: readonly string[]): SearchFilter {
  return {
    kind: 'any',
    filters: signatures.map((value) => ({ kind: 'field', field: 'signature', operator: 'is', value })),
  };
}

export function bucketsOf(facet: FacetResult | undefined): FacetBucket[] {
  return facet?.kind === 'terms' || facet?.kind === 'histogram' ? facet.buckets : [];
}

/** ISO 8601; "" when nothing was seen. */
export function extentOf(bucket: FacetBucket): { min: string; max: string } {
  const extent = bucket.facets?.['seen'];
  if (extent?.kind !== 'extent') return { min: '', max: '' };
  return { min: String(extent.min ?? ''), max: String(extent.max ?? '') };
}

const seen: FacetRequest = { kind: 'extent', name: 'seen', field: 'submitted_timestamp' };

function bySignature(size: number, facets?: FacetRequest[]): FacetRequest {
  const request: FacetRequest = { kind: 'terms', name: 'signatures', field: 'signature', size };
  return facets === undefined ? request : { ...request, facets };
}
