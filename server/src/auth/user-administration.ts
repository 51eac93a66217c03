import type { AuditLog, JsonValue, Permission } from '@faultline/sdk';
import type { Account } from './accounts.js';
import type { AuthParts } from './auth-parts.js';
import type { AccessRequest } from './access-requests.js';

/** Who administers: a user, or the command line of the machine. */
export interface Administrator {
  id: string;
  name: string;
}

/**
 * What administrators do with users, each act recorded. The page and the command line both come here. Errors are those
 * of `Accounts` and `AccessRequests`.
 */
export class UserAdministration {
  constructor(private readonly auth: AuthParts) {}

  /** A new user, and the code of the link that lets them in the first time. */
  async add(
    by: Administrator,
    wish: { login: string; name: string; roles: string[] },
  ): Promise<{ account: Account; code: string }> {
    const { accounts, links } = this.auth;
    const account = await accounts.add({ ...wish, origin: 'local' });
    const code = await links.create(account.login, 'invitation');
    await this.#record(by, 'user.add', account.login, { roles: account.roles });
    return { account, code };
  }

  async setRoles(by: Administrator, login: string, roles: string[]): Promise<Account> {
    const before = (await this.auth.accounts.get(login)).roles;
    const account = await this.auth.accounts.setRoles(login, roles);
    await this.#record(by, 'user.roles', account.login, { before, after: account.roles });
    return account;
  }

  async rename(by: Administrator, login: string, name: string): Promise<Account> {
    const account = await this.auth.accounts.change(login, (one) => ({ ...one, name }));
    await this.#record(by, 'user.rename', account.login, null);
    return account;
  }

  /** Disabling ends sessions, links and the use of tokens at once. */
  async setDisabled(by: Administrator, login: string, isDisabled: boolean): Promise<Account> {
    const { accounts, sessions, links } = this.auth;
    const account = await accounts.setDisabled(login, isDisabled);
    await sessions.endOf(account.login, { except: null });
    await links.withdraw(account.login);
    await this.#record(by, isDisabled ? 'user.disable' : 'user.enable', account.login, null);
    return account;
  }

  /** Takes the password away, ends all sessions; the code of a link that lets the user in to set a new one. */
  async reset(by: Administrator, login: string): Promise<{ account: Account; code: string }> {
    const { accounts, sessions, links } = this.auth;
    const account = await accounts.change(login, (one) => ({ ...one, password: null, generation: one.generation + 1 }));
    await sessions.endOf(account.login, { except: null });
    await links.withdraw(account.login);
    const code = await links.create(account.login, 'reset');
    await this.#record(by, 'user.reset', account.login, null);
    return { account, code };
  }

  async endSessions(by: Administrator, login: string): Promise<number> {
    const { accounts, sessions } = this.auth;
    const { login: known } = await accounts.get(login);
    const open = (await sessions.list(known)).length;
    await accounts.endSessions(known);
    await sessions.endOf(known, { except: null });
    await this.#record(by, 'user.sign-out', known, { ended: open });
    return open;
  }

  async setRole(by: Administrator, name: string, permissions: readonly Permission[] | null): Promise<void> {
    await this.auth.accounts.setRole(name, permissions);
    const action = permissions === null ? 'role.remove' : 'role.set';
    await record(this.auth.audit, by, {
      action,
      target: name,
      details: permissions === null ? null : { permissions: [...permissions] },
    });
  }

  async decide(by: Administrator, id: string, decision: { grant: boolean; days?: number }): Promise<AccessRequest> {
    const decided = await this.auth.requests.decide(id, { ...decision, by: by.name });
    const { permissions, until, days } = decided;
    const details = { request: id, permissions: [...permissions], days: decision.days ?? days, until };
    await this.#record(by, decision.grant ? 'access.grant' : 'access.refuse', decided.login, details);
    return decided;
  }

  async revoke(by: Administrator, id: string): Promise<AccessRequest> {
    const revoked = await this.auth.requests.revoke(id, by.name);
    await this.#record(by, 'access.revoke', revoked.login, { request: id });
    return revoked;
  }

  #record(by: Administrator, action: string, login: string, details: JsonValue | null): Promise<void> {
    return record(this.auth.audit, by, { action, target: `user:${login}`, details });
  }
}

function record(
  audit: AuditLog,
  by: Administrator,
  act: { action: string; target: string; details: JsonValue | null },
): Promise<void> {
  return audit.record({ actor: by.id, actorName: by.name, ...act });
}
