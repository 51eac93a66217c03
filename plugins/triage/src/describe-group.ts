import type { CrashStorage, FieldDictionary, Principal } from '@faultline/sdk';
import type { GroupDetail } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import type { SearchResult } from '@faultline/sdk/search-query';
import type { VersionOverrides } from '@faultline/signature/version-order';
import { ask, bucketsOf, firstSeen, oneOf, previousCounts, summaries } from './group-queries.js';
import { groupRow } from './group-row.js';
import { countable, sparkStep, sparkSteps, type GroupScope } from './group-scope.js';
import { triageOf, type ListSources } from './list-groups.js';
import { earliest, valuesOf } from './rank-groups.js';
import { everSeen } from './sightings/ever-seen.js';
import { topFrames } from './top-frames.js';
import { versionRanks } from './version-ranks.js';

/** Where a group happens, in the order of the page. */
const breakdowns = [
  'version',
  'os_name',
  'os_version',
  'product',
  'release_channel',
  'process_type',
  'cpu_arch',
  'reason',
];
const rowFields = ['submitted_timestamp', 'product', 'version', 'os_name', 'os_version', 'reason', 'address'];
const breakdownSize = 10;
const newestRows = 20;
/** Reports that are looked at for one with a stack. */
const mostOpened = 5;

export interface GroupSources extends ListSources {
  storage: CrashStorage;
  dictionary: FieldDictionary;
  overrides: VersionOverrides;
}

/**
 * Throws `NotFound GROUP_NOT_FOUND` when no crash of the scope ever had one of the group's signatures.
 * @param asked any signature of the group
 */
export async function describeGroup(
  sources: GroupSources,
  scope: GroupScope,
  { signature: asked, principal }: { signature: string; principal: Pick<Principal, 'id'> },
): Promise<GroupDetail> {
  const { engine, clock, visits } = sources;
  const { map, versions } = await sources.groups.all();
  const record = map.groupOf(asked);
  const group = {
    record,
    version: versions.get(record.id) ?? 0,
    signature: record.signature,
    signatures: map.signaturesOf(record),
  };
  const { signature, signatures } = group;
  const indexed = await firstSeen(engine, scope, signatures);
  const ever = await everSeen(sources, scope, signatures);
  // Crashes expire, but a group that people worked on, or that was seen once, stays known.
  if (indexed.size === 0 && (ever.length === 0 || scope.filter !== null)) {
    throw new FaultlineError('NotFound', 'GROUP_NOT_FOUND', 'No crash in this scope has the signature.', {
      hint: 'Its crashes may have expired, or the scope leaves them out.',
    });
  }
  const total = (await ask(engine, scope, {})).total;
  const found = await summaries(engine, scope, [group]);
  const facets = countable(scope, breakdowns);
  const inside = await ask(engine, scope, {
    filter: oneOf(signatures),
    facets: facets.map((field) => ({ kind: 'terms', name: field, field, size: breakdownSize, includeMissing: true })),
    columns: rowFields.filter((field) => scope.fields.get(field) !== undefined),
    limit: newestRows,
  });
  const dates = scope.filter === null ? ever.map(({ firstDate }) => firstDate) : [];
  const first = earliest([...valuesOf(group, indexed), ...dates]);
  const row = groupRow({
    signature,
    signatures,
    summary: found.get(signature),
    totalCrashes: total,
    previous: await previousCounts(engine, scope),
    firstSeen: first,
    from: new Date(scope.from).toISOString(),
    steps: sparkSteps(scope, sparkStep(scope)),
    versions: versionRanks(found.values()),
  });
  const lastVisit = await visits.lastVisit(principal);
  return {
    group: { ...row, triage: await triageOf(sources, group, { now: clock.now(), lastVisit, firstSeen: first }) },
    breakdowns: facets.map((field) => ({
      field,
      title: scope.fields.get(field)?.title ?? field,
      buckets: bucketsOf(inside.facets[field]).map(({ term, count }) => ({ term: String(term ?? ''), count })),
    })),
    newest: inside.rows,
    topFrames: await newestFrames(sources, scope, inside.rows),
    sightings: ever,
    notes: record.notes,
  };
}

async function newestFrames(
  { storage, dictionary }: Pick<GroupSources, 'storage' | 'dictionary'>,
  scope: GroupScope,
  rows: SearchResult['rows'],
): Promise<GroupDetail['topFrames']> {
  for (const row of rows.slice(0, mostOpened)) {
    const crash = await storage.processedCrash(String(row['crash_id']));
    if (crash === null) continue;
    const frames = topFrames(dictionary.redact(crash, scope.mayViewProtected)['json_dump']);
    if (frames.length > 0) return frames;
  }
  return [];
}
