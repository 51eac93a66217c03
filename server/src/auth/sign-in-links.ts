import type { Clock, Milliseconds, Random, StateStore, UnixMillis } from '@faultline/sdk';
import { makeSecret, secretHash } from './secret.js';

interface StoredLink {
  name: string;
  expiresAt: UnixMillis;
}

/** One-time links that sign in as admin: printed where only somebody with access to the machine reads them. */
export class SignInLinks {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The code of a new link; links that have expired are forgotten. */
  async create(name = 'admin', validFor: Milliseconds = 60 * 60_000): Promise<string> {
    const code = makeSecret(this.random);
    await this.#forgetExpired();
    await this.state.set(['auth', 'link', secretHash(code)], { name, expiresAt: this.clock.now() + validFor });
    return code;
  }

  /** Whom the code signs in; null when it is unknown, used or expired. Of two at once, one gets it. */
  async redeem(code: string): Promise<{ name: string } | null> {
    const key = ['auth', 'link', secretHash(code)] as const;
    const entry = await this.state.get<StoredLink>(key);
    if (entry === null || !(await this.state.delete(key, entry.version))) return null;
    return entry.value.expiresAt > this.clock.now() ? { name: entry.value.name } : null;
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
