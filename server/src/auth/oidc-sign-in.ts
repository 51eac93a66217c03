import {
  FaultlineError,
  type Clock,
  type Logger,
  type Milliseconds,
  type Random,
  type StateStore,
} from '@faultline/sdk';
import * as client from 'openid-client';
import type { OidcConfig } from '../config/core-config.js';
import { isLoopback } from '../http/loopback.js';
import type { Account, Accounts } from './accounts.js';
import { makeSecret, secretHash } from './secret.js';

/** From leaving for the provider until coming back. */
export const flowLifetime: Milliseconds = 10 * 60_000;

/** Seconds that the provider's clock may differ from ours. */
const clockTolerance = 30;

interface StoredFlow {
  verifier: string;
  nonce: string;
  /** Hash of the cookie of the browser that left. */
  browser: string;
  /** Where to go afterwards, inside the page. */
  next: string;
  expiresAt: number;
}

/**
 * Sign-in by an OpenID provider: authorization code with PKCE, state and nonce. A flow belongs to one browser and is
 * used once. The provider is asked for its metadata at the first sign-in, not at the start of the server.
 */
export class OidcSignIn {
  #provider: Promise<client.Configuration> | null = null;

  constructor(
    private readonly parts: {
      config: OidcConfig;
      clientSecret(): Promise<string>;
      redirectUri(): string;
      state: () => StateStore;
      accounts: () => Accounts;
      clock: Clock;
      random: Random;
      logger: Logger;
    },
  ) {}

  /** Where to send the browser, and the secret that its cookie must bring back. Throws `Unavailable OIDC_UNREACHABLE`. */
  async start(next: string): Promise<{ location: string; browser: string }> {
    const { state, clock, random, config } = this.parts;
    const provider = await this.#configuration();
    const flowState = makeSecret(random);
    const nonce = makeSecret(random);
    const verifier = client.randomPKCECodeVerifier();
    const browser = makeSecret(random);
    await this.#forgetExpired();
    const flow: StoredFlow = {
      verifier,
      nonce,
      browser: secretHash(browser),
      next,
      expiresAt: clock.now() + flowLifetime,
    };
    await state().set(keyOf(flowState), flow);
    const location = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.parts.redirectUri(),
      scope: config.scopes.join(' '),
      state: flowState,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { location: location.href, browser };
  }

  /**
   * Who came back. Throws `PermissionDenied OIDC_FLOW_UNKNOWN | OIDC_REFUSED | OIDC_NOT_ADMITTED | ACCOUNT_DISABLED`,
   * `Unavailable OIDC_UNREACHABLE`.
   *
   * @param query of the address that the provider sent the browser to
   */
  async finish(query: string, browser: string | null): Promise<{ account: Account; next: string }> {
    const parameters = new URLSearchParams(query);
    const flowState = parameters.get('state') ?? '';
    const flow = await this.#take(flowState, browser);
    const claims = await this.#claims(query, { flow, flowState });
    return { account: await this.#accountOf(claims), next: flow.next };
  }

  async #take(flowState: string, browser: string | null): Promise<StoredFlow> {
    const { state, clock } = this.parts;
    const entry = await state().get<StoredFlow>(keyOf(flowState));
    // Deleted before it is used: a code that comes twice finds nothing.
    const isMine = entry !== null && browser !== null && secretHash(browser) === entry.value.browser;
    if (isMine && (await state().delete(entry.key, entry.version)) && entry.value.expiresAt > clock.now()) {
      return entry.value;
    }
    throw new FaultlineError(
      'PermissionDenied',
      'OIDC_FLOW_UNKNOWN',
      'This sign-in was not begun in this browser, was used before, or took too long.',
      { hint: 'Begin again from the sign-in page.' },
    );
  }

  async #claims(query: string, { flow, flowState }: { flow: StoredFlow; flowState: string }): Promise<Claims> {
    const provider = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(provider, new URL(`${this.parts.redirectUri()}${query}`), {
        pkceCodeVerifier: flow.verifier,
        expectedState: flowState,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('no id token');
      const needsMore = claims[this.parts.config.groupsClaim] === undefined || claims['name'] === undefined;
      if (!needsMore || provider.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await client.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims };
    } catch (error) {
      throw this.#refused(error);
    }
  }

  async #accountOf(claims: Claims): Promise<Account> {
    const { config, state, accounts } = this.parts;
    const roles = rolesOf(claims, config);
    if (roles.length === 0) {
      throw new FaultlineError(
        'PermissionDenied',
        'OIDC_NOT_ADMITTED',
        'The provider knows you, but none of your groups may use this server.',
        { hint: 'An admin maps groups to roles in `access.oidc.roles`.' },
      );
    }
    const key = ['auth', 'oidc-subject', secretHash(`${claims.iss} ${claims.sub}`)] as const;
    const known = await state().get<{ login: string }>(key);
    if (known !== null) return this.#withRoles(await accounts().get(known.value.login), roles);
    const account = await this.#newAccount(claims, roles);
    await state().set(key, { login: account.login });
    return account;
  }

  /** The provider's groups decide; only the last administrator keeps the role, lest nobody had it. */
  async #withRoles(account: Account, roles: string[]): Promise<Account> {
    if (account.roles.length === roles.length && roles.every((role) => account.roles.includes(role))) return account;
    try {
      return await this.parts.accounts().setRoles(account.login, roles);
    } catch (error) {
      if (!(error instanceof FaultlineError) || error.code !== 'LAST_ADMIN') throw error;
      this.parts.logger.warn({ code: error.code }, 'the provider took the groups of the last administrator away');
      return account;
    }
  }

  /** Never an account that exists: who can choose a name at the provider must not become that person here. */
  async #newAccount(claims: Claims, roles: string[]): Promise<Account> {
    const wanted = String(claims['preferred_username'] ?? claims['email'] ?? claims.sub);
    const base =
      wanted
        .toLowerCase()
        .replace(/[^a-z0-9._@+-]/g, '-')
        .replace(/^[^a-z0-9]+/, '')
        .slice(0, 56) || 'user';
    const name = typeof claims['name'] === 'string' ? claims['name'].slice(0, 200) : wanted.slice(0, 200);
    for (let number = 1; ; number++) {
      try {
        const login = number === 1 ? base : `${base}-${number}`;
        return await this.parts.accounts().add({ login, name, roles, origin: 'oidc' });
      } catch (error) {
        if (!(error instanceof FaultlineError) || error.code !== 'USER_EXISTS' || number >= 1000) throw error;
      }
    }
  }

  #configuration(): Promise<client.Configuration> {
    this.#provider ??= this.#discover().catch((error: unknown) => {
      this.#provider = null;
      throw unreachable(this.parts.config.issuer, error);
    });
    return this.#provider;
  }

  async #discover(): Promise<client.Configuration> {
    const { config } = this.parts;
    const issuer = new URL(config.issuer);
    const secret = await this.parts.clientSecret();
    const isPlain = issuer.protocol === 'http:' && isLoopback(issuer.hostname);
    return client.discovery(
      issuer,
      config.clientId,
      { [client.clockTolerance]: clockTolerance },
      client.ClientSecretBasic(secret),
      {
        timeout: 10,
        // In the clear only on this machine.
        ...(isPlain ? { execute: [client.allowInsecureRequests] } : {}),
      },
    );
  }

  #refused(error: unknown): FaultlineError {
    // The words of the library name no person; the codes and tokens stand in its details, which are left out.
    const reason = error instanceof Error ? error.message : String(error);
    this.parts.logger.warn({ reason }, 'the answer of the OpenID provider was refused');
    if (isUnreachable(error)) return unreachable(this.parts.config.issuer, error);
    return new FaultlineError('PermissionDenied', 'OIDC_REFUSED', 'The answer of the sign-in provider is not good.', {
      hint: 'Try again. If it stays so, the log of the server has the reason: clock, issuer, client or secret.',
      cause: error,
    });
  }

  async #forgetExpired(): Promise<void> {
    for await (const { key, value } of this.parts.state().range<StoredFlow>({ prefix: ['auth', 'oidc-flow'] })) {
      if (value.expiresAt <= this.parts.clock.now()) await this.parts.state().delete(key);
    }
  }
}

type Claims = client.IDToken;

function rolesOf(claims: Claims, { groupsClaim, roles, defaultRole }: OidcConfig): string[] {
  const claim = claims[groupsClaim];
  const groups = Array.isArray(claim) ? claim.map(String) : typeof claim === 'string' ? [claim] : [];
  const mapped = groups.filter((group) => Object.hasOwn(roles, group)).map((group) => String(roles[group]));
  return mapped.length > 0 ? [...new Set(mapped)] : defaultRole === undefined ? [] : [defaultRole];
}

function isUnreachable(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return name === 'TypeError' || name === 'TimeoutError';
}

function unreachable(issuer: string, cause: unknown): FaultlineError {
  const hint = 'Sign in with a password or a one-time link, or try again later.';
  return new FaultlineError(
    'Unavailable',
    'OIDC_UNREACHABLE',
    `The sign-in provider ${new URL(issuer).host} does not answer as it should.`,
    { hint, cause },
  );
}

function keyOf(flowState: string) {
  return ['auth', 'oidc-flow', secretHash(flowState)] as const;
}
