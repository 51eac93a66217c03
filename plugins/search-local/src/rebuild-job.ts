/** Builds the index anew from the stored crashes, when somebody asks; the old one answers meanwhile. */
import type { CrashStorage, Job } from '@faultline/sdk';
import type { LocalSearchEngine } from './local-search-engine.js';

export function rebuildJob({ engine, storage }: { engine: LocalSearchEngine; storage: CrashStorage }): Job {
  return {
    id: 'search-local/rebuild',
    title: 'Build the search index anew',
    run: async (run) => {
      const { signal } = run;
      return await rebuildFromStore({
        engine,
        storage,
        signal,
        progress: async (done, total) => {
          run.progress(done, total, 'indexing');
          await run.pausePoint();
        },
      });
    },
  };
}

/** Throws `Conflict SEARCH_REBUILD_RUNNING`, and the signal's reason. */
export async function rebuildFromStore(options: {
  engine: LocalSearchEngine;
  storage: CrashStorage;
  signal: AbortSignal;
  progress?: (done: number, total: number) => Promise<void>;
}): Promise<{ crashes: number }> {
  const { engine, storage, signal, progress } = options;
  const total = (await storage.usage()).reduce((sum, { reports }) => sum + reports, 0);
  await engine.rebuild(storage.scanRuns(), signal, {
    total,
    ...(progress === undefined ? {} : { progress: (done) => progress(done, total) }),
  });
  const { crashes } = await engine.indexStatus();
  return { crashes };
}
