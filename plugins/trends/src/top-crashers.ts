import type { Clock, FirstAppearance, SearchEngine, SignatureHistory, TicketLinks, UnixMillis } from '@faultline/sdk';
import type { TopCrasher, TopCrasherList } from '@faultline/sdk/api';
import { isFacetable } from '@faultline/sdk/search';
import type { FacetBucket, FacetRequest, SearchFilter } from '@faultline/sdk/search-query';
import { firstAppearance } from './first-appearance.js';
import { anyOf, before, bucketsOf, count, iso, narrowed, type Scope } from './scope.js';

/** Ranks of the range before are told down to here. */
const deepestRank = 1_000;
/** Signatures that one question names. */
const mostNamed = 500;

export interface TopCrasherSources {
  engine: SearchEngine;
  clock: Clock;
  /** Null where nobody links tickets. */
  tickets: TicketLinks | null;
  /** Null where nobody keeps first appearances. */
  history: SignatureHistory | null;
}

/** Signatures by count, with their ranks and counts in the range of equal length before. */
export async function topCrashers(
  { engine, clock, tickets, history }: TopCrasherSources,
  scope: Scope,
  wish: { by: 'report' | 'build'; limit: number },
): Promise<TopCrasherList> {
  const began = clock.monotonic();
  const now = wish.by === 'build' ? ofBuilds(scope, clock.now()) : scope;
  const then = wish.by === 'build' ? ofBuilds(before(scope), clock.now()) : before(scope);
  const [current, previous] = await Promise.all([
    count(engine, now, [
      terms('signature', wish.limit, details(scope)),
      { kind: 'cardinality', name: 'groups', field: 'signature' },
    ]),
    count(engine, then, [terms('signature', Math.max(deepestRank, wish.limit))]),
  ]);
  const buckets = bucketsOf(current.facets['signature']);
  const signatures = buckets.map(({ term }) => String(term));
  const earlier = new Map(
    bucketsOf(previous.facets['signature']).map((bucket, at) => [String(bucket.term), { rank: at + 1, ...bucket }]),
  );
  const [first, written, links] = await Promise.all([
    firstSeen(engine, scope, signatures),
    writtenFirst(history, signatures),
    ticketsOf(tickets, signatures),
  ]);
  const groups = current.facets['groups'];
  return {
    crashers: buckets.map((bucket, at): TopCrasher => {
      const signature = String(bucket.term);
      const old = earlier.get(signature);
      const hadCrashes = previous.total > 0;
      return {
        rank: at + 1,
        previousRank: old?.rank ?? null,
        signature,
        count: bucket.count,
        share: share(bucket.count, current.total),
        previousCount: hadCrashes ? (old?.count ?? 0) : null,
        previousShare: hadCrashes ? share(old?.count ?? 0, previous.total) : null,
        ...detailsOf(bucket),
        ...firstAppearance(first.get(signature) ?? '', written.get(signature)),
        tickets: links.get(signature) ?? [],
      };
    }),
    totalCrashes: current.total,
    totalGroups: groups?.kind === 'cardinality' ? groups.value : 0,
    previousCrashes: previous.total === 0 ? null : previous.total,
    from: iso(scope.from),
    to: iso(scope.to),
    milliseconds: clock.monotonic() - began,
  };
}

/**
 * Crashes of the builds that were made in the range, reported within it or up to now, so that a build of yesterday is
 * not judged by one day and one of last week by seven.
 */
function ofBuilds(scope: Scope, now: UnixMillis): Scope {
  const bound = (operator: 'gte' | 'lt', time: UnixMillis): SearchFilter => ({
    kind: 'field',
    field: 'build_id',
    operator,
    value: Number(iso(time).replace(/\D/g, '').slice(0, 14)),
  });
  const length = scope.to - scope.from;
  const builds = narrowed(scope, bound('gte', scope.from), bound('lt', scope.to));
  return { ...builds, to: Math.min(Math.max(scope.to, now), scope.to + length) };
}

function details(scope: Scope): FacetRequest[] {
  const known = (id: string): boolean => {
    const field = scope.fields.get(id);
    return field !== undefined && isFacetable(field);
  };
  const facets: FacetRequest[] = [];
  for (const id of ['os_name', 'process_type', 'startup_crash', 'is_garbage_collecting']) {
    if (known(id)) facets.push(terms(id, 10));
  }
  const installs = ['install', 'install_time'].find(known);
  if (installs !== undefined) facets.push({ kind: 'cardinality', name: 'installs', field: installs });
  return facets;
}

function detailsOf({
  facets = {},
}: FacetBucket): Pick<TopCrasher, 'platforms' | 'processTypes' | 'installs' | 'startups' | 'garbageCollections'> {
  const shares = (name: string): { term: string; count: number }[] =>
    bucketsOf(facets[name]).map((bucket) => ({ term: String(bucket.term), count: bucket.count }));
  const yes = (name: string): number => bucketsOf(facets[name]).find(({ term }) => term === true)?.count ?? 0;
  const installs = facets['installs'];
  return {
    platforms: shares('os_name'),
    processTypes: shares('process_type'),
    installs: installs?.kind === 'cardinality' && installs.value > 0 ? installs.value : null,
    startups: yes('startup_crash'),
    garbageCollections: yes('is_garbage_collecting'),
  };
}

/** Of each signature, in any product: a crash that was there before is nothing new. */
async function firstSeen(
  engine: SearchEngine,
  scope: Scope,
  signatures: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const seen: FacetRequest = { kind: 'extent', name: 'seen', field: 'submitted_timestamp' };
  for (let at = 0; at < signatures.length; at += mostNamed) {
    const named = signatures.slice(at, at + mostNamed);
    const ever: Scope = { ...scope, filter: anyOf('signature', named), from: 0 };
    for (const { term, facets } of bucketsOf(
      (await count(engine, ever, [terms('signature', named.length, [seen])])).facets['signature'],
    )) {
      const extent = facets?.['seen'];
      if (extent?.kind === 'extent') found.set(String(term), String(extent.min ?? ''));
    }
  }
  return found;
}

/** What was written down, in one question for all. */
async function writtenFirst(
  history: SignatureHistory | null,
  signatures: readonly string[],
): Promise<ReadonlyMap<string, FirstAppearance>> {
  const known = (await history?.firstAppearances(signatures)) ?? [];
  return new Map(known.map((one) => [one.signature, one]));
}

async function ticketsOf(
  tickets: TicketLinks | null,
  signatures: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { ticket, signature } of (await tickets?.bySignature(signatures)) ?? []) {
    found.set(signature, [...(found.get(signature) ?? []), ticket]);
  }
  return found;
}

function terms(field: string, size: number, facets?: FacetRequest[]): FacetRequest {
  const request = { kind: 'terms' as const, name: field, field, size };
  return facets === undefined ? request : { ...request, facets };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
