import type { JobRunner, SearchFilter } from '@faultline/sdk';
import { printSearchText } from '@faultline/sdk/search';
import { wantedMapping } from './rules/deobfuscate-rule.js';
import type { StoredMapping } from './store/mapping-store.js';

/** The crashes that said they lack this mapping. */
export function crashesLacking({ ids, versions }: Pick<StoredMapping, 'ids' | 'versions'>): SearchFilter {
  const wanted: SearchFilter[] = [
    ...ids.map((id): SearchFilter => ({ kind: 'field', field: 'java_mapping', operator: 'is', value: id })),
    ...versions.map(({ product, version, build }): SearchFilter => {
      // A mapping of a whole version mends crashes of each of its builds.
      const value = wantedMapping(product, version, build);
      return { kind: 'field', field: 'java_mapping', operator: build === '' ? 'starts' : 'is', value };
    }),
  ];
  const missing: SearchFilter = { kind: 'field', field: 'java_deobfuscation', operator: 'is', value: 'missing' };
  return { kind: 'all', filters: [missing, { kind: 'any', filters: wanted }] };
}

/** @returns the run that processes them again */
export async function mendCrashes(runner: JobRunner, mapping: StoredMapping, rate: number): Promise<string> {
  const search = printSearchText(crashesLacking(mapping));
  const run = await runner.start('processor/reprocess', { search, rate, reason: 'symbols' }, 'mappings');
  return run.id;
}
