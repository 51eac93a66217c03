import type { Clock, Milliseconds, Random, StateStore, UnixMillis } from '@faultline/sdk';
import { firstAdmin } from './accounts.js';
import { makeSecret, secretHash } from './secret.js';

const minute: Milliseconds = 60_000;

/** So long a link works, by what it is for. */
const validity = { 'sign-in': 60 * minute, invitation: 7 * 24 * 60 * minute, reset: 24 * 60 * minute };

export type LinkPurpose = keyof typeof validity;

interface StoredLink {
  login: string;
  purpose: LinkPurpose;
  expiresAt: UnixMillis;
}

/** One-time links that sign somebody in: shown where only the right person reads them. */
export class SignInLinks {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The code of a new link; links that have expired are forgotten. */
  async create(login = firstAdmin, purpose: LinkPurpose = 'sign-in'): Promise<string> {
    const code = makeSecret(this.random);
    await this.#forgetExpired();
    const stored: StoredLink = { login, purpose, expiresAt: this.clock.now() + validity[purpose] };
    await this.state.set(['auth', 'link', secretHash(code)], stored);
    return code;
  }

  /** Whom the code signs in; null when it is unknown, used or expired. Of two at once, one gets it. */
  async redeem(code: string): Promise<{ login: string; purpose: LinkPurpose } | null> {
    const key = ['auth', 'link', secretHash(code)] as const;
    const entry = await this.state.get<StoredLink>(key);
    if (entry === null || !(await this.state.delete(key, entry.version))) return null;
    const { login, purpose, expiresAt } = entry.value;
    return expiresAt > this.clock.now() ? { login, purpose } : null;
  }

  /** Takes back the links of an account that nobody has used. */
  async withdraw(login: string): Promise<void> {
    for await (const { key, value } of this.state.range<StoredLink>({ prefix: ['auth', 'link'] })) {
      if (value.login === login) await this.state.delete(key);
    }
  }

  async #forgetExpired(): Promise<void> {
    for await (const { key, value } of this.state.range<StoredLink>({ prefix: ['auth', 'link'] })) {
      if (value.expiresAt <= this.clock.now()) await this.state.delete(key);
    }
  }
}

/** The page reads the code behind the `#`, which browsers send to nobody. */
export function signInUrl(publicUrl: string, code: string): string {
  return `${publicUrl}/sign-in#code=${code}`;
}
