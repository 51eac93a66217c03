import type { Clock, Job, SearchEngine, StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import { missingModules, type MissingModule } from './missing-symbols.js';

const key: StateKey = ['symbols', 'ranking'];
const days = 30;
/** More places than anybody looks at. */
const mostRanked = 1_000;
/** In the run's receipt. */
const shown = 10;

/** Places of modules without symbols as they were. A type: it is a JSON value. */
export type MissingRanking = {
  at: UnixMillis;
  /** The first hurts most crashes; `<module>/<debug id>`. */
  modules: string[];
};

export function rankedName({ module, debugId }: Pick<MissingModule, 'module' | 'debugId'>): string {
  return `${module}/${debugId}`;
}

/** Null before the first run. */
export async function lastRanking(state: Pick<StateStore, 'get'>): Promise<MissingRanking | null> {
  return (await state.get<MissingRanking>(key))?.value ?? null;
}

/** Keeps once a day which modules without symbols hurt most crashes, so that the screen can say what has moved since. */
export function rankJob({ engine, clock, state }: { engine(): SearchEngine; clock: Clock; state: StateStore }): Job {
  return {
    id: 'symbols/rank-missing',
    title: 'Rank the modules without symbols by the crashes they hurt',
    schedule: { cron: '45 5 * * *' },
    async run(run) {
      const missing = await missingModules({ engine: engine(), clock, days, signal: run.signal });
      const modules = missing.slice(0, mostRanked).map(rankedName);
      await state.set(key, { at: clock.now(), modules } satisfies MissingRanking);
      const top = missing.slice(0, shown).map(({ module, debugId, crashes }) => ({ module, debugId, crashes }));
      return { modules: missing.length, top };
    },
  };
}
