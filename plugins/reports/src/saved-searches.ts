import type { Clock, Principal, Random, StateEntry, StateKey, StateStore } from '@faultline/sdk';
import type { NewSavedSearch, SavedSearch, SavedSearchChange } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';

interface Stored {
  name: string;
  query: string;
  view: SavedSearch['view'];
  isShared: boolean;
  owner: string;
  ownerName: string;
  updatedAt: number;
}

const prefix = ['reports', 'saved-search'] as const;
const mostOfOne = 200;
const mostOfAll = 5_000;

/** Searches that people keep under a name, each for its owner or for everybody. */
export class SavedSearches {
  constructor(private readonly services: { state: StateStore; clock: Clock; random: Random }) {}

  /** The caller's own and the shared ones, by name. */
  async list(caller: Principal, view?: SavedSearch['view']): Promise<SavedSearch[]> {
    const found: SavedSearch[] = [];
    for await (const { key, value } of this.all()) {
      if (!maySee(caller, value) || (view !== undefined && value.view !== view)) continue;
      found.push(shown(key, value, caller));
    }
    return found.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  /** Throws `TooLarge SAVED_SEARCHES_TOO_MANY`. */
  async add(caller: Principal, search: Required<NewSavedSearch>): Promise<SavedSearch> {
    let all = 0;
    let own = 0;
    for await (const { value } of this.all()) {
      all++;
      if (value.owner === caller.id) own++;
    }
    if (own >= mostOfOne || all >= mostOfAll) {
      const bound = own >= mostOfOne ? mostOfOne : mostOfAll;
      throw new FaultlineError('TooLarge', 'SAVED_SEARCHES_TOO_MANY', `At most ${bound} searches can be saved.`, {
        hint: 'Remove those that nobody needs.',
        details: { bound },
      });
    }
    const { state, clock, random } = this.services;
    const key: StateKey = [...prefix, Buffer.from(random.bytes(9)).toString('base64url')];
    const value: Stored = { ...search, owner: caller.id, ownerName: caller.name, updatedAt: clock.now() };
    await state.set(key, value);
    return shown(key, value, caller);
  }

  /** Throws `NotFound SAVED_SEARCH_UNKNOWN`, `PermissionDenied`. */
  async change(caller: Principal, id: string, change: SavedSearchChange): Promise<SavedSearch> {
    for (;;) {
      const { key, value, version } = await this.own(caller, id);
      const given = Object.fromEntries(Object.entries(change).filter(([, part]) => part !== undefined));
      const changed: Stored = { ...value, ...given, updatedAt: this.services.clock.now() };
      if ((await this.services.state.compareAndSet(key, version, changed)) !== null) return shown(key, changed, caller);
    }
  }

  /** Throws as `change` does. */
  async remove(caller: Principal, id: string): Promise<void> {
    const { key } = await this.own(caller, id);
    await this.services.state.delete(key);
  }

  private all(): AsyncIterable<StateEntry<Stored>> {
    return this.services.state.range<Stored>({ prefix });
  }

  /** One that the caller may change; of those that they may not even see, none exists. */
  private async own(caller: Principal, id: string): Promise<StateEntry<Stored>> {
    const entry = await this.services.state.get<Stored>([...prefix, id]);
    if (entry === null || !(maySee(caller, entry.value) || caller.permissions.has('manage'))) {
      throw new FaultlineError('NotFound', 'SAVED_SEARCH_UNKNOWN', 'There is no such saved search.', {
        hint: 'GET /api/v1/saved-searches lists them.',
      });
    }
    if (mayChange(caller, entry.value)) return entry;
    throw new FaultlineError('PermissionDenied', 'SAVED_SEARCH_OF_ANOTHER', 'This saved search is somebody else’s.', {
      hint: `Ask ${entry.value.ownerName}, or save one of your own.`,
    });
  }
}

function maySee(caller: Principal, { isShared, owner }: Stored): boolean {
  return isShared || (caller.id !== '' && owner === caller.id);
}

function mayChange(caller: Principal, { owner }: Stored): boolean {
  return (caller.id !== '' && owner === caller.id) || caller.permissions.has('manage');
}

function shown(key: StateKey, value: Stored, caller: Principal): SavedSearch {
  const { name, query, view, isShared, ownerName, updatedAt } = value;
  return {
    id: String(key.at(-1)),
    name,
    query,
    view,
    isShared,
    ownerName,
    mayChange: mayChange(caller, value),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
