import type { Clock, Principal, SearchEngine, UnixMillis } from '@faultline/sdk';
import type { Group, GroupList } from '@faultline/sdk/api';
import { firstSeen, previousCounts, summaries } from './group-queries.js';
import { groupRow } from './group-row.js';
import { sparkStep, sparkSteps, type GroupScope } from './group-scope.js';
import { isWanted, type GroupWish } from './group-wish.js';
import type { GroupStore } from './groups/group-store.js';
import { triageView } from './groups/triage-view.js';
import type { OwnershipStore } from './ownership/ownership-store.js';
import { earliest, rankGroups, valuesOf, type RankedGroup } from './rank-groups.js';
import type { SightingStore } from './sightings/sighting-store.js';
import { versionRanks } from './version-ranks.js';
import type { Visits } from './visits.js';

export type GroupOrder = 'count' | 'last-seen' | 'first-seen' | 'signature' | 'change';

export interface ListSources {
  engine: SearchEngine;
  clock: Clock;
  groups: GroupStore;
  sightings: SightingStore;
  ownership: OwnershipStore;
  visits: Visits;
}

/** The first groups of a scope by the order asked for. */
export async function listGroups(
  sources: ListSources,
  scope: GroupScope,
  wish: GroupWish & { sort: GroupOrder; limit: number; principal: Pick<Principal, 'id'> },
): Promise<GroupList> {
  const { engine, clock, visits, groups } = sources;
  const began = clock.monotonic();
  const now = clock.now();
  const lastVisit = await visits.lastVisit(wish.principal);
  const all = await rankGroups(engine, scope, await groups.all(), { withLastSeen: wish.sort === 'last-seen' });
  const previous = await previousCounts(engine, scope);
  // Only what is sorted or chosen by it needs the first date of every group.
  const needsFirst = wish.sort === 'first-seen' || wish.since === 'visit';
  const known = needsFirst ? await firstDates(sources, scope, all.groups) : new Map<string, string>();
  const wanted = all.groups.filter((group) =>
    isWanted(group.record, wish, { now, lastVisit, firstSeen: known.get(group.signature) ?? '' }),
  );
  const chosen = inOrder(wanted, wish.sort, { previous, first: known }).slice(0, wish.limit);
  const found = await summaries(engine, scope, chosen);
  const first = needsFirst ? known : await firstDates(sources, scope, chosen);
  const versions = versionRanks(found.values());
  const steps = sparkSteps(scope, sparkStep(scope));
  const from = new Date(scope.from).toISOString();
  const rows = chosen.map(async (group): Promise<Group> => {
    const firstDate = first.get(group.signature) ?? '';
    const row = groupRow({
      signature: group.signature,
      signatures: group.signatures,
      summary: found.get(group.signature),
      totalCrashes: all.totalCrashes,
      previous,
      firstSeen: firstDate,
      from,
      steps,
      versions,
    });
    return { ...row, triage: await triageOf(sources, group, { now, lastVisit, firstSeen: firstDate }) };
  });
  const isNarrowed = wanted.length !== all.groups.length;
  return {
    groups: await Promise.all(rows),
    totalGroups: isNarrowed ? wanted.length : all.totalGroups,
    totalCrashes: all.totalCrashes,
    from,
    to: new Date(scope.to).toISOString(),
    steps,
    milliseconds: clock.monotonic() - began,
  };
}

/** What people made of a group, with whom its code belongs to. */
export async function triageOf(
  { sightings, ownership }: Pick<ListSources, 'sightings' | 'ownership'>,
  group: Pick<RankedGroup, 'record' | 'version' | 'signature' | 'signatures'>,
  facts: { now: UnixMillis; lastVisit: UnixMillis | null; firstSeen: string },
): Promise<Group['triage']> {
  const seen = await sightings.get(group.signature);
  const { owners } = (await ownership.owners()).of({
    signature: group.signature,
    modules: seen?.modules ?? [],
    paths: seen?.paths ?? [],
  });
  return triageView({ ...group, ...facts, owners });
}

/** When each group came first: ever, also before its crashes expired, where the scope is all crashes. */
async function firstDates(
  { engine, sightings }: ListSources,
  scope: GroupScope,
  groups: readonly RankedGroup[],
): Promise<Map<string, string>> {
  const signatures = groups.flatMap((group) => group.signatures);
  const indexed = await firstSeen(engine, scope, signatures);
  const dates = new Map<string, string>();
  for (const group of groups) {
    const found = valuesOf(group, indexed);
    if (scope.filter === null) {
      for (const signature of group.signatures) {
        found.push(...((await sightings.get(signature))?.products ?? []).map(({ firstDate }) => firstDate));
      }
    }
    dates.set(group.signature, earliest(found));
  }
  return dates;
}

/** Most first, newest first, A first; what is equal by count. */
function inOrder(
  groups: readonly RankedGroup[],
  sort: GroupOrder,
  facts: { previous: ReadonlyMap<string, number> | null; first: ReadonlyMap<string, string> },
): RankedGroup[] {
  const { previous } = facts;
  const change = (group: RankedGroup): number =>
    group.count - (previous === null ? 0 : valuesOf(group, previous).reduce((sum, count) => sum + count, 0));
  const first = ({ signature }: RankedGroup): string => facts.first.get(signature) ?? '';
  const sorted = [...groups];
  switch (sort) {
    case 'count':
      break;
    case 'last-seen':
      sorted.sort((a, b) => compare(b.lastSeen, a.lastSeen));
      break;
    case 'first-seen':
      sorted.sort((a, b) => compare(first(b), first(a)));
      break;
    case 'signature':
      sorted.sort((a, b) => compare(a.signature, b.signature));
      break;
    case 'change':
      sorted.sort((a, b) => change(b) - change(a));
      break;
  }
  return sorted;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
