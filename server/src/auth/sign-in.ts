import { FaultlineError, isFaultlineError, type AuditLog, type Clock } from '@faultline/sdk';
import type { SignIn as Credentials } from '@faultline/sdk/api';
import { firstAdmin, type Account, type Accounts } from './accounts.js';
import { tokenRefused } from './authenticator.js';
import type { ApiTokens } from './api-tokens.js';
import type { Passwords } from './passwords.js';
import type { Sessions, StartedSession } from './sessions.js';
import type { SignInLimits } from './sign-in-limits.js';
import type { SignInLinks } from './sign-in-links.js';

/** Where a sign-in comes from. */
export interface SignInOrigin {
  remoteAddress: string;
  /** What the browser calls itself. */
  client: string;
  /** The session that the browser holds; it ends, so that nobody can have planted it. */
  sessionSecret: string | null;
}

/** The ways in: one-time link, token, password; OIDC ends here, too. */
export class SignIn {
  constructor(
    private readonly parts: {
      accounts: Accounts;
      sessions: Sessions;
      tokens: ApiTokens;
      links: SignInLinks;
      passwords: Passwords;
      limits: SignInLimits;
      audit: AuditLog;
      clock: Clock;
    },
  ) {}

  /**
   * Throws `PermissionDenied SIGN_IN_CODE_INVALID | TOKEN_INVALID | SIGN_IN_FAILED | ACCOUNT_DISABLED`, and
   * `Busy SIGN_IN_LIMITED | SIGN_IN_BUSY`.
   */
  async with(credentials: Credentials, origin: SignInOrigin): Promise<StartedSession> {
    const login = 'login' in credentials ? credentials.login.trim().toLowerCase() : '';
    const { limits } = this.parts;
    try {
      await limits.attempt(origin.remoteAddress, login);
    } catch (error) {
      await this.#recordFlood(error, login);
      throw error;
    }
    const started =
      'code' in credentials
        ? await this.#byCode(credentials.code, origin)
        : 'token' in credentials
          ? await this.#byToken(credentials.token, origin)
          : await this.#byPassword(login, credentials.password, origin);
    await limits.succeeded(origin.remoteAddress, login);
    return started;
  }

  /** Somebody of whom it is proven who they are. Throws `PermissionDenied ACCOUNT_DISABLED`. */
  async as(account: Account, way: string, origin: SignInOrigin): Promise<StartedSession> {
    const { accounts, sessions, audit, clock } = this.parts;
    if (account.isDisabled) throw disabled();
    if (origin.sessionSecret !== null) await sessions.end(origin.sessionSecret);
    const current = await accounts.change(account.login, (one) => ({ ...one, lastSignInAt: clock.now() }));
    const started = await sessions.start({ account: current }, origin.client);
    await audit.record({
      actor: `user:${account.login}`,
      actorName: account.name,
      action: 'session.start',
      target: started.session.id,
      details: { way },
    });
    return started;
  }

  /**
   * That it is still the owner who sits there: an account with a password needs it again. Throws as a sign-in does.
   */
  async confirm(account: Account, password: string, { remoteAddress }: SignInOrigin): Promise<void> {
    if (account.password === null) return;
    await this.parts.limits.attempt(remoteAddress, account.login);
    if (!(await this.parts.passwords.matches(password, account.password))) {
      throw new FaultlineError('PermissionDenied', 'PASSWORD_WRONG', 'The current password is wrong.', {
        hint: 'Who has forgotten it asks an admin for a reset.',
      });
    }
    await this.parts.limits.succeeded(remoteAddress, account.login);
  }

  async #byCode(code: string, origin: SignInOrigin): Promise<StartedSession> {
    const { links, accounts } = this.parts;
    const link = await links.redeem(code);
    if (link === null) {
      throw new FaultlineError(
        'PermissionDenied',
        'SIGN_IN_CODE_INVALID',
        'This sign-in link was used before, or has expired.',
        { hint: 'Ask an admin for another; `faultline login-link` on the server prints one.' },
      );
    }
    // The owner of the machine comes in even when nobody was ever added.
    const account =
      (await accounts.find(link.login)) ??
      (await accounts.add({ login: link.login, name: link.login, roles: rolesOfNew(link.login), origin: 'local' }));
    return this.as(account, link.purpose, origin);
  }

  async #byToken(token: string, origin: SignInOrigin): Promise<StartedSession> {
    const { tokens, sessions, audit } = this.parts;
    const found = await tokens.find(token);
    if ('refused' in found) throw tokenRefused(found.refused);
    if (origin.sessionSecret !== null) await sessions.end(origin.sessionSecret);
    const started = await sessions.start({ token: found.hash, expiresAt: found.expiresAt }, origin.client);
    const { id: actor, name: actorName } = found.principal;
    await audit.record({
      actor,
      actorName,
      action: 'session.start',
      target: started.session.id,
      details: { way: 'token' },
    });
    return started;
  }

  async #byPassword(login: string, password: string, origin: SignInOrigin): Promise<StartedSession> {
    const { accounts, passwords } = this.parts;
    const account = await accounts.find(login);
    const stored = account?.password ?? null;
    const isRight = await passwords.matches(password, stored);
    // One answer for all: who has an account here is nobody's business.
    if (!isRight || account === null || stored === null || account.isDisabled) throw failed();
    if (passwords.isOutdated(stored)) {
      const renewed = await passwords.store(password, login).catch((error: unknown) => {
        // Too weak for the rules of today, or too many sign in at this moment: it stays as it is.
        if (isFaultlineError(error)) return stored;
        throw error;
      });
      await accounts.change(login, (one) => (one.password === null ? one : { ...one, password: renewed }));
    }
    return this.as(account, 'password', origin);
  }

  /** Once in a window: a flood must not fill the log. */
  async #recordFlood(error: unknown, login: string): Promise<void> {
    const now = this.parts.clock.now();
    if (!(error instanceof FaultlineError) || now - this.#floodRecordedAt < floodInterval) return;
    this.#floodRecordedAt = now;
    const details = { code: error.code };
    await this.parts.audit.record({
      actor: '',
      actorName: 'system',
      action: 'session.flood',
      target: login.slice(0, 64),
      details,
    });
  }

  #floodRecordedAt = -Infinity;
}

const floodInterval = 15 * 60_000;

function rolesOfNew(login: string): string[] {
  return login === firstAdmin ? ['admin'] : [];
}

function failed(): FaultlineError {
  return new FaultlineError('PermissionDenied', 'SIGN_IN_FAILED', 'Login or password is wrong.', {
    hint: 'After several failures further tries are refused for a while. An admin can make a one-time link.',
  });
}

function disabled(): FaultlineError {
  return new FaultlineError('PermissionDenied', 'ACCOUNT_DISABLED', 'This account is disabled.', {
    hint: 'An admin can enable it again: page "Users", or `faultline user enable`.',
  });
}
