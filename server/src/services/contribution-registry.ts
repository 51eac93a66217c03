import {
  FaultlineError,
  type Contributed,
  type Contribution,
  type ContributionList,
  type ContributionPoint,
  type Disposer,
} from '@faultline/sdk';

/** What has been contributed to one point. Ids are unique within it. */
export class ContributionRegistry<T extends Contributed> implements ContributionList<T> {
  readonly #byId = new Map<string, Contribution<T>>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Contribution<T>[] = [];

  constructor(private readonly point: string) {}

  all(): readonly Contribution<T>[] {
    return this.#all;
  }

  get(id: string): Contribution<T> | undefined {
    return this.#byId.get(id);
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws `Conflict CONTRIBUTION_TAKEN` when the id is in use. */
  add(plugin: string, value: T): Disposer {
    const taken = this.#byId.get(value.id);
    if (taken !== undefined) {
      throw new FaultlineError(
        'Conflict',
        'CONTRIBUTION_TAKEN',
        `${plugin} adds ${this.point} "${value.id}", which ${taken.plugin} added already.`,
        { hint: 'Ids are unique within a contribution point: rename one of them.' },
      );
    }
    const contribution = { plugin, value };
    this.#byId.set(value.id, contribution);
    this.#changed();
    return () => {
      if (this.#byId.get(value.id) !== contribution) return;
      this.#byId.delete(value.id);
      this.#changed();
    };
  }

  #changed(): void {
    this.#all = [...this.#byId.values()];
    for (const listener of this.#listeners) listener();
  }
}

/** The registries of one host, by contribution point. */
export class ContributionRegistries {
  readonly #byPoint = new Map<string, ContributionRegistry<never>>();

  of<T>(point: ContributionPoint<T>): ContributionRegistry<T & Contributed> {
    let registry = this.#byPoint.get(point.id);
    if (registry === undefined) {
      registry = new ContributionRegistry<never>(point.id);
      this.#byPoint.set(point.id, registry);
    }
    // One point has one type: `contributionPoint<T>(id)` is the only maker of these keys.
    return registry as ContributionRegistry<never> as ContributionRegistry<T & Contributed>;
  }
}
