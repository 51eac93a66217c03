import type { StateStore } from '@faultline/sdk';
import type { GroupMap } from './group-map.js';
import type { GroupStore } from './group-store.js';

/**
 * The groups as they were a moment ago: read again only after something changed, since a sink asks for every crash.
 * Another process's change is noticed within the state store's watch interval.
 */
export class RecentGroups {
  #map: GroupMap | null = null;
  #changes = 0;

  constructor(
    private readonly groups: GroupStore,
    state: StateStore,
    signal: AbortSignal,
  ) {
    const changed = () => {
      this.#changes += 1;
      this.#map = null;
    };
    state.watch(['triage', 'group'], changed, signal);
  }

  async map(): Promise<GroupMap> {
    if (this.#map !== null) return this.#map;
    const changes = this.#changes;
    const { map } = await this.groups.all();
    // What changed while it was read may be missing in it.
    if (changes === this.#changes) this.#map = map;
    return map;
  }
}
