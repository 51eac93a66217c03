import type { Clock, Principal, StateStore } from '@faultline/sdk';
import type { OwnershipRule, OwnershipRules } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { Owners } from './owners.js';

interface Stored {
  rules: OwnershipRule[];
  changedAt: string;
  changedBy: string;
}

const key = ['triage', 'ownership'] as const;

/** The ownership rules in the state store. */
export class OwnershipStore {
  #ready: { version: number; owners: Owners } | null = null;

  constructor(
    private readonly state: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async get(): Promise<OwnershipRules> {
    const found = await this.state.get<Stored>(key);
    if (found === null) return { version: 0, rules: [], changedAt: '', changedBy: '' };
    return { version: found.version, ...found.value };
  }

  async owners(): Promise<Owners> {
    const { version, rules } = await this.get();
    if (this.#ready?.version !== version) this.#ready = { version, owners: new Owners(rules) };
    return this.#ready.owners;
  }

  /** @throws Conflict OWNERSHIP_CHANGED when the rules are at another version */
  async replace(
    { version, rules }: { version: number; rules: OwnershipRule[] },
    principal: Pick<Principal, 'name'>,
  ): Promise<OwnershipRules> {
    const changedAt = new Date(this.clock.now()).toISOString();
    const stored: Stored = { rules, changedAt, changedBy: principal.name };
    const written = await this.state.compareAndSet(key, version, stored);
    if (written !== null) return { version: written, ...stored };
    const other = await this.get();
    throw new FaultlineError('Conflict', 'OWNERSHIP_CHANGED', `${other.changedBy} changed the rules meanwhile.`, {
      hint: 'Read them again, then make the change once more.',
      details: { version: other.version, changedAt: other.changedAt, changedBy: other.changedBy },
    });
  }
}
