/** What the index says of products, channels, versions and builds, taken over into the catalog. */
import type { Job, JobRun, ProductCatalog, SearchEngine, UnixMillis } from '@faultline/sdk';
import { ReleaseFacts } from '@faultline/sdk/product-catalog';
import type { FacetBucket, FacetRequest, FacetResult, SearchQuery } from '@faultline/sdk/search-query';

const day = 86_400_000;
const window = 7 * day;
/** At the first run. */
const firstWindow = 90 * day;
const sizes = { product: 200, release_channel: 10, version: 60, build: 60 };

export interface LearnSources {
  /** Asked for when the job runs: it may start after this plugin. */
  engine: () => SearchEngine;
  catalog: ProductCatalog;
  /** Reports that make a version and build a release. */
  releaseAfter: number;
}

/** @returns releases that the index has in the range */
export async function learnReleases(
  { engine, catalog, releaseAfter }: LearnSources,
  range: { from: UnixMillis; to: UnixMillis; signal: AbortSignal },
): Promise<number> {
  const ask = async (filter: SearchQuery['filter'], facets: FacetRequest[]) => {
    const query: SearchQuery = {
      filter,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      sort: [],
      limit: 0,
      cursor: null,
      columns: [],
      facets,
    };
    return (await engine().search(query, { mayViewProtected: false, signal: range.signal })).facets;
  };
  const seen: FacetRequest = { kind: 'extent', name: 'seen', field: 'submitted_timestamp' };
  const build = terms('build', [seen]);
  const nested = [terms('release_channel', [terms('version', [build])])];
  let learnt = 0;
  for (const { term } of bucketsOf((await ask(null, [terms('product')]))['product'])) {
    if (typeof term !== 'string') continue;
    range.signal.throwIfAborted();
    const facets = await ask({ kind: 'field', field: 'product', operator: 'is', value: term }, nested);
    const releases = releasesOf(term, facets['release_channel'], releaseAfter);
    learnt += releases.length;
    await catalog.learn(releases);
  }
  return learnt;
}

/** @param now for tests */
export function learnJob(sources: LearnSources, now: () => UnixMillis): Job {
  return {
    id: 'products/learn',
    title: 'Learn products and releases from the reports that arrived',
    schedule: { every: 5 * 60_000 },
    async run({ lastSuccess, signal }: JobRun) {
      const to = now();
      return {
        releases: await learnReleases(sources, {
          from: to - (lastSuccess === null ? firstWindow : window),
          to,
          signal,
        }),
      };
    },
  };
}

function terms(field: keyof typeof sizes, facets?: FacetRequest[]): FacetRequest {
  const request = {
    kind: 'terms' as const,
    name: field,
    field,
    size: sizes[field],
    includeMissing: field !== 'product',
  };
  return facets === undefined ? request : { ...request, facets };
}

function bucketsOf(facet: FacetResult | undefined): FacetBucket[] {
  return facet?.kind === 'terms' ? facet.buckets : [];
}

function releasesOf(product: string, channels: FacetResult | undefined, releaseAfter: number) {
  const found: Parameters<ProductCatalog['learn']>[0] = [];
  for (const channel of bucketsOf(channels)) {
    for (const version of bucketsOf(channel.facets?.['version'])) {
      for (const build of bucketsOf(version.facets?.['build'])) {
        if (build.count < releaseAfter) continue;
        const parsed = ReleaseFacts.safeParse({
          product,
          channel: channel.term ?? '',
          version: version.term ?? '',
          buildId: build.term ?? '',
        });
        const seen = build.facets?.['seen'];
        // Names in reports may be of any length; such ones are no release.
        if (!parsed.success || seen?.kind !== 'extent') continue;
        const { date: _, ...facts } = parsed.data;
        found.push({ ...facts, firstSeen: String(seen.min ?? '') });
      }
    }
  }
  return found;
}
