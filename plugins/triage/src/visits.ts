import type { Clock, Principal, StateStore, UnixMillis } from '@faultline/sdk';

/** Looks that are no further apart are one visit. */
const visitLength = 30 * 60_000;

interface Visit {
  /** Start of the visit before this one; null at the first. */
  before: UnixMillis | null;
  /** Last look of this visit. */
  last: UnixMillis;
}

/** When somebody looked at the groups last: what is newer is new to them. */
export class Visits {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** End of the visit before the one that is going on; null for who was never here, and for anonymous. */
  async lastVisit(principal: Pick<Principal, 'id'>): Promise<UnixMillis | null> {
    if (principal.id === '') return null;
    const visit = (await this.state.get<Visit>(['triage', 'visit', principal.id]))?.value;
    if (visit === undefined) return null;
    return this.clock.now() - visit.last > visitLength ? visit.last : visit.before;
  }

  /** They look now. Gives the end of the visit before. */
  async look(principal: Pick<Principal, 'id'>): Promise<UnixMillis | null> {
    if (principal.id === '') return null;
    const before = await this.lastVisit(principal);
    const visit: Visit = { before, last: this.clock.now() };
    await this.state.set(['triage', 'visit', principal.id], visit);
    return before;
  }
}
