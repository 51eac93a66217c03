import type { Clock, Milliseconds, Permission, Principal, Random, StateStore, UnixMillis } from '@faultline/sdk';
import { makeSecret, secretHash } from './secret.js';

export const sessionCookie = 'faultline_session';

/** A session ends so long after sign-in. */
const lifetime: Milliseconds = 14 * 24 * 60 * 60_000;

interface StoredSession {
  id: string;
  name: string;
  permissions: Permission[];
  csrfToken: string;
  expiresAt: UnixMillis;
}

export interface Session {
  principal: Principal;
  /** Must come back in `x-faultline-csrf` with whatever changes something. */
  csrfToken: string;
}

/** Who is signed in by cookie. The cookie holds an opaque secret; the store holds its hash. */
export class Sessions {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The cookie's value, and how long it lasts. */
  async start(who: {
    id: string;
    name: string;
    permissions: Iterable<Permission>;
  }): Promise<{ secret: string; session: Session; maxAge: Milliseconds }> {
    await this.#forgetExpired();
    const secret = makeSecret(this.random);
    const stored: StoredSession = {
      id: who.id,
      name: who.name,
      permissions: [...who.permissions],
      csrfToken: makeSecret(this.random),
      expiresAt: this.clock.now() + lifetime,
    };
    await this.state.set(['auth', 'session', secretHash(secret)], stored);
    return { secret, session: sessionOf(stored), maxAge: lifetime };
  }

  async find(secret: string): Promise<Session | null> {
    const entry = await this.state.get<StoredSession>(['auth', 'session', secretHash(secret)]);
    return entry === null || entry.value.expiresAt <= this.clock.now() ? null : sessionOf(entry.value);
  }

  async end(secret: string): Promise<void> {
    await this.state.delete(['auth', 'session', secretHash(secret)]);
  }

  async #forgetExpired(): Promise<void> {
    for await (const { key, value } of this.state.range<StoredSession>({ prefix: ['auth', 'session'] })) {
      if (value.expiresAt <= this.clock.now()) await this.state.delete(key);
    }
  }
}

function sessionOf({ id, name, permissions, csrfToken }: StoredSession): Session {
  return { principal: { kind: 'user', id, name, permissions: new Set(permissions) }, csrfToken };
}
