/** Which modules lack symbols, and whom it hurts: read from the index, where crashes tell it by `missing_symbols`. */
import type { Clock, FacetBucket, SearchEngine, SearchQuery } from '@faultline/sdk';

export interface MissingModule {
  /** File name of the module. */
  module: string;
  version: string;
  debugId: string;
  codeId: string;
  crashes: number;
  /** Different signatures among them; at least so many. */
  groups: number;
  /** ISO 8601: of the first and the last of these crashes. */
  first: string;
  last: string;
}

/** Distinct lists of missing modules that are looked at: the most frequent. */
const mostLists = 10_000;
const signaturesPerList = 20;

export interface MissingOptions {
  engine: SearchEngine;
  clock: Clock;
  days: number;
  signal: AbortSignal;
}

/** By the crashes they hurt, most first. */
export async function missingModules({ engine, clock, days, signal }: MissingOptions): Promise<MissingModule[]> {
  const now = clock.now();
  const query: SearchQuery = {
    filter: { kind: 'field', field: 'missing_symbols', operator: 'exists' },
    from: new Date(now - days * 86_400_000).toISOString(),
    to: new Date(now + 86_400_000).toISOString(),
    sort: [],
    limit: 0,
    cursor: null,
    columns: [],
    facets: [
      {
        kind: 'terms',
        name: 'lists',
        field: 'missing_symbols',
        size: mostLists,
        facets: [
          { kind: 'terms', name: 'signatures', field: 'signature', size: signaturesPerList },
          { kind: 'extent', name: 'dates', field: 'submitted_timestamp' },
        ],
      },
    ],
  };
  const { facets } = await engine.search(query, { mayViewProtected: false, signal });
  const lists = facets['lists'];
  return lists?.kind === 'terms' ? sumModules(lists.buckets) : [];
}

/** A module stands in many lists: its crashes are those of all of them. */
export function sumModules(lists: readonly FacetBucket[]): MissingModule[] {
  const modules = new Map<string, MissingModule & { signatures: Set<unknown> }>();
  for (const { term, count, facets } of lists) {
    const dates = facets?.['dates'];
    const [first, last] = dates?.kind === 'extent' ? [String(dates.min ?? ''), String(dates.max ?? '')] : ['', ''];
    const signatures = facets?.['signatures'];
    for (const module of parseMissingSymbols(String(term ?? ''))) {
      const key = `${module.module}/${module.debugId}`;
      const sum = modules.get(key) ?? { ...module, crashes: 0, groups: 0, first, last, signatures: new Set() };
      modules.set(key, sum);
      sum.crashes += count;
      if (first < sum.first) sum.first = first;
      if (last > sum.last) sum.last = last;
      if (signatures?.kind === 'terms') for (const bucket of signatures.buckets) sum.signatures.add(bucket.term);
    }
  }
  return [...modules.values()]
    .map(({ signatures, ...module }) => ({ ...module, groups: signatures.size }))
    .sort((a, b) => b.crashes - a.crashes || (a.module < b.module ? -1 : 1));
}

/** The text of the field: `file/version/debug id[/code id]`, joined by semicolons; a `/` in a version is `\/`. */
export function parseMissingSymbols(text: string): Pick<MissingModule, 'module' | 'version' | 'debugId' | 'codeId'>[] {
  return text.split(';').flatMap((item) => {
    const [module = '', version = '', debugId = '', codeId = ''] = item.split(/(?<!\\)\//);
    if (module === '' || !/^[0-9A-Fa-f]+$/.test(debugId)) return [];
    return [
      { module, version: version.replaceAll('\\/', '/').replace(/^None$/, ''), debugId: debugId.toUpperCase(), codeId },
    ];
  });
}
