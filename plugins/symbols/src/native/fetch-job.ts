import type { Clock, Job, SearchEngine } from '@faultline/sdk';
import { missingModules } from '../missing/missing-symbols.js';
import type { Arrivals } from '../store/arrivals.js';
import type { SymbolRecords } from '../store/symbol-records.js';
import type { NativeUpstream } from './native-upstream.js';

/** Of the modules that hurt most crashes. */
const mostModules = 200;
const days = 30;

export interface FetchJobParts {
  upstreams: readonly NativeUpstream[];
  engine(): SearchEngine;
  clock: Clock;
  records: Pick<SymbolRecords, 'nativeFiles'>;
  arrivals: Pick<Arrivals, 'note'>;
}

/**
 * Fetches the native files of modules that crashes lack, from servers that have those and no `.sym`; what comes is made
 * into symbol files and mends the crashes, as an upload would.
 */
export function fetchJob({ upstreams, engine, clock, records, arrivals }: FetchJobParts): Job {
  return {
    id: 'symbols/fetch-native',
    title: 'Fetch native debug files that crashes lack',
    schedule: { every: 15 * 60_000 },
    permission: 'upload_symbols',
    async run(run) {
      const missing = await missingModules({ engine: engine(), clock, days, signal: run.signal });
      const wanted = missing.slice(0, mostModules);
      let files = 0;
      for (const [index, module] of wanted.entries()) {
        await run.pausePoint();
        run.progress(index, wanted.length, module.module);
        if ((await records.nativeFiles(module.debugId, false)).length > 0) continue;
        for (const upstream of upstreams) {
          const fetched = await upstream.fetch(module, run.signal);
          files += fetched.length;
          await arrivals.note(fetched);
          if (fetched.some(({ native }) => native?.hasDebugInfo === true)) break;
        }
      }
      run.progress(wanted.length, wanted.length);
      return { modules: wanted.length, files };
    },
  };
}
