import type { Clock, Milliseconds, Permission, Principal, Random, StateStore, UnixMillis } from '@faultline/sdk';
import type { Account, Accounts } from './accounts.js';
import type { ApiTokens } from './api-tokens.js';
import { makeSecret, secretHash } from './secret.js';

export const sessionCookie = 'faultline_session';

/** When a session was last used is written down this often at most. */
const seenStep: Milliseconds = 5 * 60_000;

interface StoredSession {
  /** Names the session to people; no secret. */
  id: string;
  /** Null for one that a token started. */
  login: string | null;
  /** Hash of the token that started it, else null. */
  token: string | null;
  csrfToken: string;
  startedAt: UnixMillis;
  lastSeenAt: UnixMillis;
  expiresAt: UnixMillis;
  /** Of the account when the session started: it ends when the account's has grown. */
  generation: number;
  /** When its secret was made. */
  secretSince: UnixMillis;
  /** What the browser calls itself. */
  client: string;
}

export interface Session {
  id: string;
  /** Null for one that a token started. */
  login: string | null;
  principal: Principal;
  /** Must come back in `x-faultline-csrf` with whatever changes something. */
  csrfToken: string;
  /** What it may do has changed since its secret was made. */
  needsRotation: boolean;
}

/** A session as its owner sees it in a list. */
export interface SessionFacts {
  id: string;
  startedAt: UnixMillis;
  lastSeenAt: UnixMillis;
  expiresAt: UnixMillis;
  client: string;
}

export interface StartedSession {
  /** The cookie's value. */
  secret: string;
  session: Session;
  /** How long the cookie lasts. */
  maxAge: Milliseconds;
}

/** Who is signed in by cookie. The cookie holds an opaque secret; the store holds its hash. */
export class Sessions {
  constructor(
    private readonly parts: {
      state: StateStore;
      clock: Clock;
      random: Random;
      accounts: Accounts;
      tokens: ApiTokens;
      lifetime: Milliseconds;
    },
  ) {}

  /** Of an account, or of the token with this hash. */
  async start(
    who: { account: Account } | { token: string; expiresAt: UnixMillis | null },
    client: string,
  ): Promise<StartedSession> {
    const { clock, random, lifetime } = this.parts;
    await this.#forgetExpired();
    const now = clock.now();
    const byToken = 'token' in who;
    const stored: StoredSession = {
      id: makeSecret(random).slice(0, 12),
      login: byToken ? null : who.account.login,
      token: byToken ? who.token : null,
      csrfToken: makeSecret(random),
      startedAt: now,
      lastSeenAt: now,
      expiresAt: Math.min(now + lifetime, (byToken ? who.expiresAt : null) ?? Infinity),
      generation: byToken ? 0 : who.account.generation,
      secretSince: now,
      client: client.slice(0, 200),
    };
    return this.#write(stored);
  }

  /** Null for one that is unknown, has expired, or whose account or token is good no more. */
  async find(secret: string): Promise<Session | null> {
    const { state, clock } = this.parts;
    const key = keyOf(secret);
    const entry = await state.get<StoredSession>(key);
    if (entry === null || entry.value.expiresAt <= clock.now()) return null;
    const session = await this.#open(entry.value);
    if (session === null) return null;
    const now = clock.now();
    if (now - entry.value.lastSeenAt >= seenStep) {
      // Whoever else writes it at this moment has seen it, too.
      await state.compareAndSet(key, entry.version, { ...entry.value, lastSeenAt: now });
    }
    return session;
  }

  /** The same session under a new secret; the old one is good for nothing. Null when it has ended meanwhile. */
  async rotate(secret: string): Promise<StartedSession | null> {
    const { state, clock, random } = this.parts;
    const entry = await state.get<StoredSession>(keyOf(secret));
    // Of two at once, one gets the new secret.
    if (entry === null || !(await state.delete(keyOf(secret), entry.version))) return null;
    const started = { ...entry.value, csrfToken: makeSecret(random), secretSince: clock.now() };
    return (await this.#open(started)) === null ? null : this.#write(started);
  }

  async end(secret: string): Promise<void> {
    await this.parts.state.delete(keyOf(secret));
  }

  /** Of an account, newest first. */
  async list(login: string): Promise<SessionFacts[]> {
    const found: SessionFacts[] = [];
    const account = await this.parts.accounts.find(login);
    for await (const { value } of this.#all()) {
      if (value.login !== login || value.generation !== account?.generation) continue;
      if (value.expiresAt <= this.parts.clock.now()) continue;
      const { id, startedAt, lastSeenAt, expiresAt, client } = value;
      found.push({ id, startedAt, lastSeenAt, expiresAt, client });
    }
    return found.sort((a, b) => b.startedAt - a.startedAt);
  }

  /** Ends one session of an account, or all but one; how many ended. */
  async endOf(login: string, which: { id: string } | { except: string | null }): Promise<number> {
    let ended = 0;
    for await (const { key, value } of this.#all()) {
      const isMeant = 'id' in which ? value.id === which.id : value.id !== which.except;
      if (value.login === login && isMeant && (await this.parts.state.delete(key))) ended++;
    }
    return ended;
  }

  async #write(stored: StoredSession): Promise<StartedSession> {
    const { state, clock, random } = this.parts;
    const secret = makeSecret(random);
    await state.set(keyOf(secret), stored);
    const session = await this.#open(stored);
    if (session === null) throw new Error('A session was started for nobody.');
    return { secret, session, maxAge: stored.expiresAt - clock.now() };
  }

  async #open(stored: StoredSession): Promise<Session | null> {
    const { accounts, tokens } = this.parts;
    const { id, login, csrfToken } = stored;
    if (login === null) {
      const found = stored.token === null ? null : await tokens.findByHash(stored.token);
      if (found === null || !('principal' in found)) return null;
      return { id, login, principal: { ...found.principal, kind: 'user' }, csrfToken, needsRotation: false };
    }
    const account = await accounts.find(login);
    if (account === null || account.isDisabled || account.generation !== stored.generation) return null;
    const principal = userPrincipal(account, await accounts.permissionsOf(account));
    return { id, login, principal, csrfToken, needsRotation: account.rolesChangedAt > stored.secretSince };
  }

  #all() {
    return this.parts.state.range<StoredSession>({ prefix: ['auth', 'session'] });
  }

  async #forgetExpired(): Promise<void> {
    for await (const { key, value } of this.#all()) {
      if (value.expiresAt <= this.parts.clock.now()) await this.parts.state.delete(key);
    }
  }
}

function userPrincipal(account: Account, permissions: ReadonlySet<Permission>): Principal {
  return { kind: 'user', id: `user:${account.login}`, name: account.name, permissions };
}

function keyOf(secret: string) {
  return ['auth', 'session', secretHash(secret)] as const;
}
