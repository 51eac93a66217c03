import {
  FaultlineError,
  type Clock,
  type Permission,
  type Random,
  type StateStore,
  type UnixMillis,
} from '@faultline/sdk';
import type { StoredPassword } from './passwords.js';
import { requireOwn, roleNotFound, type Roles } from './roles.js';
import { makeSecret } from './secret.js';

/** Somebody who may sign in. */
export interface Account {
  /** Lower case; never reused for somebody else, since nothing removes accounts. */
  login: string;
  /** Shown to people. */
  name: string;
  roles: string[];
  isDisabled: boolean;
  /** `oidc`: the roles follow the provider's groups at each sign-in. */
  origin: 'local' | 'oidc';
  password: StoredPassword | null;
  createdAt: UnixMillis;
  lastSignInAt: UnixMillis | null;
  /** Grows when all sessions must end: a password that may be known, a reset, disabling. */
  generation: number;
  /** When the roles changed last: sessions get new secrets then. */
  rolesChangedAt: UnixMillis;
  /** Permissions on top of the roles, for a time. */
  grant: { permissions: Permission[]; until: UnixMillis } | null;
}

/** The account that a link of the machine's owner signs in to when no other is named. */
export const firstAdmin = 'admin';

const table = ['auth', 'user'] as const;
const lockDuration = 10_000;
const mostTries = 200;

/** The people of this server. Whatever could take the last administrator away happens one after another. */
export class Accounts {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly roles: Roles,
  ) {}

  async find(login: string): Promise<Account | null> {
    return (await this.state.get<Account>([...table, login.toLowerCase()]))?.value ?? null;
  }

  /** Throws `NotFound USER_NOT_FOUND`. */
  async get(login: string): Promise<Account> {
    const account = await this.find(login);
    if (account !== null) return account;
    throw new FaultlineError('NotFound', 'USER_NOT_FOUND', `There is no user "${login.slice(0, 64)}".`, {
      hint: '`faultline user list` shows who there is.',
    });
  }

  async list(): Promise<Account[]> {
    const accounts: Account[] = [];
    for await (const { value } of this.state.range<Account>({ prefix: table })) accounts.push(value);
    return accounts;
  }

  /** Throws `Malformed LOGIN_INVALID`, `NotFound ROLE_NOT_FOUND`, `Conflict USER_EXISTS`. */
  async add(wish: Pick<Account, 'login' | 'name' | 'roles' | 'origin'>): Promise<Account> {
    const login = wish.login.toLowerCase();
    if (!/^[a-z0-9][a-z0-9._@+-]{0,63}$/.test(login)) {
      throw new FaultlineError('Malformed', 'LOGIN_INVALID', `"${wish.login.slice(0, 64)}" can't be a login.`, {
        hint: 'It begins with a letter or digit, and has at most 64 letters, digits and . _ @ + -',
      });
    }
    await this.#requireRoles(wish.roles);
    const now = this.clock.now();
    const account: Account = {
      login,
      name: wish.name.trim() === '' ? login : wish.name.trim(),
      roles: [...new Set(wish.roles)],
      isDisabled: false,
      origin: wish.origin,
      password: null,
      createdAt: now,
      lastSignInAt: null,
      generation: 1,
      rolesChangedAt: now,
      grant: null,
    };
    if ((await this.state.compareAndSet([...table, login], 0, account)) !== null) return account;
    throw new FaultlineError('Conflict', 'USER_EXISTS', `There is a user "${login}" already.`, {
      hint: 'Take another login, or change that user: `faultline user role`, `faultline user reset`.',
    });
  }

  /** What an account may do now: nothing while it is disabled. */
  async permissionsOf(account: Account): Promise<Set<Permission>> {
    if (account.isDisabled) return new Set();
    const granted = await this.roles.permissionsOf(account.roles);
    if (account.grant !== null && account.grant.until > this.clock.now()) {
      for (const permission of account.grant.permissions) granted.add(permission);
    }
    return granted;
  }

  /** Throws `NotFound ROLE_NOT_FOUND`, `Conflict LAST_ADMIN`. */
  async setRoles(login: string, roles: readonly string[]): Promise<Account> {
    await this.#requireRoles(roles);
    const rolesChangedAt = this.clock.now();
    const next = { roles: [...new Set(roles)], rolesChangedAt };
    return this.#exclusive(async () => {
      const granted = await this.roles.permissionsOf(roles);
      if (!granted.has('manage')) await this.#requireAnotherAdmin(login);
      return this.change(login, (account) => ({ ...account, ...next }));
    });
  }

  /** Disabling ends what the account has open. Throws `Conflict LAST_ADMIN`. */
  async setDisabled(login: string, isDisabled: boolean): Promise<Account> {
    return this.#exclusive(async () => {
      if (isDisabled) await this.#requireAnotherAdmin(login);
      return this.change(login, (account) => ({ ...account, isDisabled, generation: account.generation + 1 }));
    });
  }

  /**
   * Defines a role; `null` removes it. Throws `Conflict LAST_ADMIN | ROLE_IN_USE | ROLE_BUILT_IN`,
   * `Malformed ROLE_NAME_INVALID`, `NotFound ROLE_NOT_FOUND`.
   */
  async setRole(name: string, granted: readonly Permission[] | null): Promise<void> {
    requireOwn(name);
    await this.#exclusive(async () => {
      const holders = (await this.list()).filter((account) => account.roles.includes(name));
      if (granted === null) {
        if (holders.length > 0) throw roleInUse(name, holders);
        return this.roles.remove(name);
      }
      if (!granted.includes('manage') && !(await this.#hasAdminWithout(name))) throw lastAdmin();
      await this.roles.set(name, granted);
      const rolesChangedAt = this.clock.now();
      for (const { login } of holders) await this.change(login, (account) => ({ ...account, rolesChangedAt }));
    });
  }

  /** Ends all sessions of the account but those started afterwards. */
  endSessions(login: string): Promise<Account> {
    return this.change(login, (account) => ({ ...account, generation: account.generation + 1 }));
  }

  /** One step from what stands to what shall stand; tried again when somebody else was faster. */
  async change(login: string, step: (account: Account) => Account): Promise<Account> {
    const key = [...table, login.toLowerCase()] as const;
    for (let tries = 0; tries < mostTries; tries++) {
      const entry = await this.state.get<Account>(key);
      const next = step(entry?.value ?? (await this.get(login)));
      if (entry !== null && (await this.state.compareAndSet(key, entry.version, next)) !== null) return next;
    }
    throw busy();
  }

  async #requireRoles(names: readonly string[]): Promise<void> {
    for (const name of names) if (!(await this.roles.has(name))) throw roleNotFound(name);
  }

  async #requireAnotherAdmin(login: string): Promise<void> {
    const account = await this.get(login);
    if (account.isDisabled || !(await this.roles.permissionsOf(account.roles)).has('manage')) return;
    for (const other of await this.list()) {
      if (other.login === account.login || other.isDisabled) continue;
      if ((await this.roles.permissionsOf(other.roles)).has('manage')) return;
    }
    throw lastAdmin();
  }

  /** Somebody could still manage the server if the role brought no `manage`; or nobody can now. */
  async #hasAdminWithout(role: string): Promise<boolean> {
    let managers = 0;
    for (const account of await this.list()) {
      if (account.isDisabled || !(await this.roles.permissionsOf(account.roles)).has('manage')) continue;
      managers++;
      const others = account.roles.filter((name) => name !== role);
      if ((await this.roles.permissionsOf(others)).has('manage')) return true;
    }
    return managers === 0;
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const holder = makeSecret(this.random);
    for (let tries = 0; tries < mostTries; tries++) {
      const lease = await this.state.acquireLease('auth.accounts', holder, lockDuration);
      if (lease === null) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      try {
        return await work();
      } finally {
        await lease.release();
      }
    }
    throw busy();
  }
}

function lastAdmin(): FaultlineError {
  return new FaultlineError('Conflict', 'LAST_ADMIN', 'Nobody would be left who may manage this server.', {
    hint: 'Give another user the role "admin" first.',
  });
}

function roleInUse(name: string, holders: readonly Account[]): FaultlineError {
  const logins = holders.map(({ login }) => login).slice(0, 5);
  return new FaultlineError('Conflict', 'ROLE_IN_USE', `The role "${name}" is in use: ${logins.join(', ')}.`, {
    hint: 'Give them another role first.',
  });
}

function busy(): FaultlineError {
  return new FaultlineError('Busy', 'ACCOUNTS_BUSY', 'Somebody else is changing users at this moment.', {
    hint: 'Try again.',
  });
}
