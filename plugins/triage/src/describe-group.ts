import type { CrashStorage, FieldDictionary, SearchEngine } from '@faultline/sdk';
import type { GroupDetail } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import type { SearchResult } from '@faultline/sdk/search-query';
import { ask, bucketsOf, firstSeen, oneOf, previousCounts, summaries } from './group-queries.js';
import { groupRow } from './group-row.js';
import { countable, sparkStep, sparkSteps, type GroupScope } from './group-scope.js';
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

export interface GroupSources {
  engine: SearchEngine;
  storage: CrashStorage;
  dictionary: FieldDictionary;
}

/** Throws `NotFound GROUP_NOT_FOUND` when no crash of the scope ever had the signature. */
export async function describeGroup(sources: GroupSources, scope: GroupScope, signature: string): Promise<GroupDetail> {
  const { engine } = sources;
  const first = await firstSeen(engine, scope, [signature]);
  if (!first.has(signature)) {
    throw new FaultlineError('NotFound', 'GROUP_NOT_FOUND', 'No crash in this scope has the signature.', {
      hint: 'Its crashes may have expired, or the scope leaves them out.',
    });
  }
  const total = (await ask(engine, scope, {})).total;
  const found = await summaries(engine, scope, [signature]);
  const facets = countable(scope, breakdowns);
  const inside = await ask(engine, scope, {
    filter: oneOf([signature]),
    facets: facets.map((field) => ({ kind: 'terms', name: field, field, size: breakdownSize, includeMissing: true })),
    columns: rowFields.filter((field) => scope.fields.get(field) !== undefined),
    limit: newestRows,
  });
  return {
    group: groupRow({
      signature,
      summary: found.get(signature),
      totalCrashes: total,
      previous: await previousCounts(engine, scope),
      firstSeen: first.get(signature) ?? '',
      from: new Date(scope.from).toISOString(),
      steps: sparkSteps(scope, sparkStep(scope)),
      versions: versionRanks(found.values()),
    }),
    breakdowns: facets.map((field) => ({
      field,
      title: scope.fields.get(field)?.title ?? field,
      buckets: bucketsOf(inside.facets[field]).map(({ term, count }) => ({ term: String(term ?? ''), count })),
    })),
    newest: inside.rows,
    topFrames: await newestFrames(sources, scope, inside.rows),
  };
}

async function newestFrames(
  { storage, dictionary }: GroupSources,
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
