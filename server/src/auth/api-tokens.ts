import type { Clock, Milliseconds, Permission, Principal, Random, StateStore, UnixMillis } from '@faultline/sdk';
import { makeSecret, secretHash } from './secret.js';

interface StoredToken {
  name: string;
  permissions: Permission[];
  createdAt: UnixMillis;
  /** Null: never. */
  expiresAt: UnixMillis | null;
}

/** Tokens for programs, sent in the header `Auth-Token`. Only their hashes are kept. */
export class ApiTokens {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The token itself; it can't be shown again. */
  async create(wish: {
    name: string;
    permissions: readonly Permission[];
    validFor: Milliseconds | null;
  }): Promise<string> {
    const token = makeSecret(this.random, 'flt_');
    const now = this.clock.now();
    const stored: StoredToken = {
      name: wish.name,
      permissions: [...new Set(wish.permissions)],
      createdAt: now,
      expiresAt: wish.validFor === null ? null : now + wish.validFor,
    };
    await this.state.set(['auth', 'token', secretHash(token)], stored);
    return token;
  }

  /** Null for one that is unknown or has expired. */
  async find(token: string): Promise<Principal | null> {
    const hash = secretHash(token);
    const entry = await this.state.get<StoredToken>(['auth', 'token', hash]);
    if (entry === null) return null;
    const { name, permissions, expiresAt } = entry.value;
    if (expiresAt !== null && expiresAt <= this.clock.now()) return null;
    return { kind: 'token', id: `token:${hash.slice(0, 16)}`, name, permissions: new Set(permissions) };
  }
}
