import type { Clock, SearchEngine } from '@faultline/sdk';
import type { GroupList } from '@faultline/sdk/api';
import { firstSeen, previousCounts, rankSignatures, summaries, type Ranking } from './group-queries.js';
import { groupRow } from './group-row.js';
import { sparkStep, sparkSteps, type GroupScope } from './group-scope.js';
import { versionRanks } from './version-ranks.js';

export type GroupOrder = 'count' | 'last-seen' | 'first-seen' | 'signature' | 'change';

/** The first groups of a scope by the order asked for. */
export async function listGroups(
  { engine, clock }: { engine: SearchEngine; clock: Clock },
  scope: GroupScope,
  wish: { sort: GroupOrder; limit: number },
): Promise<GroupList> {
  const began = clock.monotonic();
  const ranking = await rankSignatures(engine, scope, { withLastSeen: wish.sort === 'last-seen' });
  const previous = await previousCounts(engine, scope);
  const all = ranking.signatures.map(({ signature }) => signature);
  const known = wish.sort === 'first-seen' ? await firstSeen(engine, scope, all) : new Map<string, string>();
  const chosen = inOrder(ranking, wish.sort, { previous, first: known }).slice(0, wish.limit);
  const found = await summaries(engine, scope, chosen);
  const first = wish.sort === 'first-seen' ? known : await firstSeen(engine, scope, chosen);
  const versions = versionRanks(found.values());
  const steps = sparkSteps(scope, sparkStep(scope));
  const from = new Date(scope.from).toISOString();
  return {
    groups: chosen.map((signature) =>
      groupRow({
        signature,
        summary: found.get(signature),
        totalCrashes: ranking.totalCrashes,
        previous,
        firstSeen: first.get(signature) ?? '',
        from,
        steps,
        versions,
      }),
    ),
    totalGroups: ranking.totalGroups,
    totalCrashes: ranking.totalCrashes,
    from,
    to: new Date(scope.to).toISOString(),
    steps,
    milliseconds: clock.monotonic() - began,
  };
}

/** Most first, newest first, A first; what is equal by count. */
function inOrder(
  { signatures }: Ranking,
  sort: GroupOrder,
  facts: { previous: ReadonlyMap<string, number> | null; first: ReadonlyMap<string, string> },
): string[] {
  const change = ({ signature, count }: { signature: string; count: number }): number =>
    count - (facts.previous?.get(signature) ?? 0);
  const first = (signature: string): string => facts.first.get(signature) ?? '';
  const sorted = [...signatures];
  switch (sort) {
    case 'count':
      break;
    case 'last-seen':
      sorted.sort((a, b) => compare(b.lastSeen, a.lastSeen));
      break;
    case 'first-seen':
      sorted.sort((a, b) => compare(first(b.signature), first(a.signature)));
      break;
    case 'signature':
      sorted.sort((a, b) => compare(a.signature, b.signature));
      break;
    case 'change':
      sorted.sort((a, b) => change(b) - change(a));
      break;
  }
  return sorted.map(({ signature }) => signature);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
