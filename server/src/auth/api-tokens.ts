import {
  FaultlineError,
  type Clock,
  type Milliseconds,
  type Permission,
  type Principal,
  type Random,
  type StateStore,
  type UnixMillis,
} from '@faultline/sdk';
import type { Accounts } from './accounts.js';
import { makeSecret, secretHash } from './secret.js';
import { TokenUses } from './token-uses.js';

interface StoredToken {
  name: string;
  permissions: Permission[];
  createdAt: UnixMillis;
  /** Null: never. */
  expiresAt: UnixMillis | null;
  /** Login of whose it is. Null or absent: the server's own, made on its machine. */
  owner?: string | null;
}

export interface TokenWish {
  name: string;
  permissions: readonly Permission[];
  /** Null: it never expires. */
  validFor: Milliseconds | null;
  owner?: string | null;
}

/** A token as its owner sees it in a list. */
export interface TokenFacts extends Required<StoredToken> {
  id: string;
  /** To the day; null for never, or not since uses are noted. */
  usedAt: UnixMillis | null;
}

/** What a token is good for: somebody, or nothing, and why. */
export type FoundToken =
  | { principal: Principal; hash: string; expiresAt: UnixMillis | null }
  | { refused: 'unknown' | 'expired' | 'disabled' };

const table = ['auth', 'token'] as const;

/** Tokens for programs, sent in the header `Auth-Token`. Only their hashes are kept. */
export class ApiTokens {
  readonly uses: TokenUses;

  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly accounts: Accounts,
  ) {
    this.uses = new TokenUses(state, clock);
  }

  /** The token itself; it can't be shown again. */
  async create(wish: TokenWish): Promise<string> {
    const token = makeSecret(this.random, 'flt_');
    const now = this.clock.now();
    const stored: StoredToken = {
      name: wish.name,
      permissions: [...new Set(wish.permissions)],
      createdAt: now,
      expiresAt: wish.validFor === null ? null : now + wish.validFor,
      owner: wish.owner ?? null,
    };
    await this.state.set([...table, secretHash(token)], stored);
    return token;
  }

  find(token: string): Promise<FoundToken> {
    return this.findByHash(secretHash(token));
  }

  async findByHash(hash: string): Promise<FoundToken> {
    const entry = await this.state.get<StoredToken>([...table, hash]);
    if (entry === null) return { refused: 'unknown' };
    const { name, permissions, expiresAt, owner } = entry.value;
    if (expiresAt !== null && expiresAt <= this.clock.now()) return { refused: 'expired' };
    const held = new Set(permissions);
    if (typeof owner === 'string') {
      const account = await this.accounts.find(owner);
      if (account === null || account.isDisabled) return { refused: 'disabled' };
      // What its owner has lost, the token has lost.
      const owned = await this.accounts.permissionsOf(account);
      for (const permission of held) if (!owned.has(permission)) held.delete(permission);
    }
    void this.uses.note(idOf(hash));
    const principal: Principal = { kind: 'token', id: `token:${idOf(hash)}`, name, permissions: held, expiresAt };
    return { principal, hash, expiresAt };
  }

  /** Of an account, newest first; with null, the server's own; all when nobody is named. */
  async list(owner?: string | null): Promise<TokenFacts[]> {
    const found: TokenFacts[] = [];
    const uses = await this.uses.all();
    for await (const { key, value } of this.state.range<StoredToken>({ prefix: table })) {
      const whose = value.owner ?? null;
      const id = idOf(String(key.at(-1)));
      if (owner === undefined || whose === owner) {
        found.push({ ...value, owner: whose, id, usedAt: uses.get(id) ?? null });
      }
    }
    return found.sort((a, b) => b.createdAt - a.createdAt);
  }

  /** Throws `NotFound TOKEN_NOT_FOUND`, also for somebody else's. */
  async revoke(id: string, owner?: string | null): Promise<void> {
    for await (const { key, value } of this.state.range<StoredToken>({ prefix: table })) {
      if (idOf(String(key.at(-1))) !== id || (owner !== undefined && (value.owner ?? null) !== owner)) continue;
      await this.state.delete(key);
      await this.uses.forget(id);
      return;
    }
    throw new FaultlineError('NotFound', 'TOKEN_NOT_FOUND', 'There is no such token.', {
      hint: 'It may have been revoked already.',
    });
  }
}

function idOf(hash: string): string {
  return hash.slice(0, 16);
}
