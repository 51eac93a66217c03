import type { CrashSink } from '@faultline/sdk';
import type { LocalSearchEngine } from './local-search-engine.js';

/** Brings processed crashes from the outbox into the index. */
export function searchSink(engine: LocalSearchEngine, isHere: () => boolean): CrashSink {
  return {
    id: 'search-local',
    title: 'Search index',
    isHere,
    deliver: (batch) => engine.index(batch),
    remove: (ids) => engine.remove(ids),
  };
}
