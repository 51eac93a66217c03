import type { SearchEngine } from '@faultline/sdk';
import type { GroupRecord } from './groups/group-record.js';
import type { GroupsNow } from './groups/group-store.js';
import { countsOf, rankSignatures, type GroupSignatures } from './group-queries.js';
import type { GroupScope } from './group-scope.js';

/** A group with crashes in the range. */
export interface RankedGroup extends GroupSignatures {
  record: GroupRecord;
  version: number;
  count: number;
  /** "" unless asked for. */
  lastSeen: string;
}

export interface GroupRanking {
  totalCrashes: number;
  totalGroups: number;
  /** By count. */
  groups: RankedGroup[];
}

/** Groups of the scope in its range: signatures, with those that were merged counted as one. */
export async function rankGroups(
  engine: SearchEngine,
  scope: GroupScope,
  { map, versions }: GroupsNow,
  wish: { withLastSeen: boolean },
): Promise<GroupRanking> {
  const { totalCrashes, totalGroups, signatures } = await rankSignatures(engine, scope, wish);
  const merged = map.merged();
  const ranked = new Set(signatures.map(({ signature }) => signature));
  // The ranking is cut: what was merged may stand behind the cut.
  const isCut = totalGroups > signatures.length;
  const rare = isCut
    ? await countsOf(
        engine,
        scope,
        merged.filter((signature) => !ranked.has(signature)),
      )
    : [];
  const groups = new Map<string, RankedGroup>();
  let folded = 0;
  for (const { signature, count, lastSeen } of [...signatures, ...rare]) {
    const record = map.groupOf(signature);
    const known = groups.get(record.id);
    if (known === undefined) {
      groups.set(record.id, {
        record,
        version: versions.get(record.id) ?? 0,
        signature: record.signature,
        signatures: map.signaturesOf(record),
        count,
        lastSeen,
      });
      continue;
    }
    folded += 1;
    known.count += count;
    if (lastSeen > known.lastSeen) known.lastSeen = lastSeen;
  }
  const byCount = [...groups.values()];
  // Merging may have lifted a group; equal counts keep the engine's order.
  if (folded > 0) byCount.sort((a, b) => b.count - a.count);
  return { totalCrashes, totalGroups: totalGroups - folded, groups: byCount };
}

/** What a map by signature says of all signatures of a group. */
export function valuesOf<T>({ signatures }: GroupSignatures, bySignature: ReadonlyMap<string, T>): T[] {
  return signatures.flatMap((signature) => {
    const value = bySignature.get(signature);
    return value === undefined ? [] : [value];
  });
}

/** The earliest of ISO 8601 dates; "" for none. */
export function earliest(dates: readonly string[]): string {
  return dates.filter((date) => date !== '').reduce((first, date) => (first === '' || date < first ? date : first), '');
}
