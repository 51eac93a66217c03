import {
  FaultlineError,
  type Clock,
  type Milliseconds,
  type Permission,
  type Random,
  type StateStore,
  type UnixMillis,
} from '@faultline/sdk';
import type { Account, Accounts } from './accounts.js';
import { makeSecret } from './secret.js';

/** What may be asked for: looks at protected data. */
export const grantable = ['view_pii', 'view_rawdump'] as const satisfies Permission[];
export type Grantable = (typeof grantable)[number];

/** Somebody's wish to see protected data for a time. */
export interface AccessRequest {
  id: string;
  login: string;
  permissions: Grantable[];
  /** In the words of who asks. */
  reason: string;
  days: number;
  askedAt: UnixMillis;
  state: 'open' | 'granted' | 'refused' | 'revoked';
  decidedBy: string | null;
  decidedAt: UnixMillis | null;
  /** End of what was granted. */
  until: UnixMillis | null;
}

const table = ['auth', 'request'] as const;
const day: Milliseconds = 24 * 60 * 60_000;

export class AccessRequests {
  constructor(private readonly parts: { state: StateStore; clock: Clock; random: Random; accounts: Accounts }) {}

  /** Newest first. */
  async list(login?: string): Promise<AccessRequest[]> {
    const found: AccessRequest[] = [];
    for await (const { value } of this.parts.state.range<AccessRequest>({ prefix: table })) {
      if (login === undefined || value.login === login) found.push(value);
    }
    return found.sort((a, b) => b.askedAt - a.askedAt);
  }

  /** Throws `Conflict REQUEST_OPEN` while an earlier one waits. */
  async ask(login: string, wish: Pick<AccessRequest, 'permissions' | 'reason' | 'days'>): Promise<AccessRequest> {
    if ((await this.list(login)).some(({ state }) => state === 'open')) {
      throw new FaultlineError('Conflict', 'REQUEST_OPEN', 'You have asked already, and nobody has decided yet.');
    }
    const { state, clock, random } = this.parts;
    const request: AccessRequest = {
      id: makeSecret(random).slice(0, 12),
      login,
      permissions: [...new Set(wish.permissions)],
      reason: wish.reason,
      days: wish.days,
      askedAt: clock.now(),
      state: 'open',
      decidedBy: null,
      decidedAt: null,
      until: null,
    };
    await state.set([...table, request.id], request);
    return request;
  }

  /** Throws `NotFound REQUEST_NOT_FOUND`, `Conflict REQUEST_DECIDED`. */
  async decide(id: string, decision: { grant: boolean; days?: number; by: string }): Promise<AccessRequest> {
    const { request, version } = await this.#get(id);
    if (request.state !== 'open') {
      throw new FaultlineError('Conflict', 'REQUEST_DECIDED', `This request was ${request.state} before.`);
    }
    const { clock, accounts } = this.parts;
    const now = clock.now();
    const until = decision.grant ? now + (decision.days ?? request.days) * day : null;
    const decided: AccessRequest = {
      ...request,
      state: decision.grant ? 'granted' : 'refused',
      decidedBy: decision.by,
      decidedAt: now,
      until,
    };
    await this.#write(decided, version);
    if (until !== null) {
      const grant = { permissions: [...request.permissions], until };
      await accounts.change(request.login, (account) => ({ ...account, grant, rolesChangedAt: now }));
    }
    return decided;
  }

  /** Takes a grant back before its time. Throws `NotFound REQUEST_NOT_FOUND`, `Conflict REQUEST_DECIDED`. */
  async revoke(id: string, by: string): Promise<AccessRequest> {
    const { request, version } = await this.#get(id);
    if (request.state !== 'granted') {
      throw new FaultlineError('Conflict', 'REQUEST_DECIDED', 'There is nothing granted to take back.');
    }
    const now = this.parts.clock.now();
    const revoked: AccessRequest = { ...request, state: 'revoked', decidedBy: by, decidedAt: now, until: now };
    await this.#write(revoked, version);
    const withoutGrant = (account: Account): Account => ({ ...account, grant: null, rolesChangedAt: now });
    await this.parts.accounts.change(request.login, withoutGrant);
    return revoked;
  }

  async #get(id: string): Promise<{ request: AccessRequest; version: number }> {
    const entry = await this.parts.state.get<AccessRequest>([...table, id]);
    if (entry !== null) return { request: entry.value, version: entry.version };
    throw new FaultlineError('NotFound', 'REQUEST_NOT_FOUND', 'There is no such request.');
  }

  async #write(request: AccessRequest, version: number): Promise<void> {
    if ((await this.parts.state.compareAndSet([...table, request.id], version, request)) !== null) return;
    throw new FaultlineError('Conflict', 'REQUEST_DECIDED', 'Somebody else has just decided this request.');
  }
}
