import { Clock, Random, StateStore, type Milliseconds } from '@faultline/sdk';
import { StateAuditLog } from '../audit/state-audit-log.js';
import type { Host } from '../host.js';
import { AccessRequests } from './access-requests.js';
import { Accounts } from './accounts.js';
import { ApiTokens } from './api-tokens.js';
import { Passwords } from './passwords.js';
import { Roles } from './roles.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInLinks } from './sign-in-links.js';

const usualLifetime: Milliseconds = 14 * 24 * 60 * 60_000;

/** Everything about who may do what, on one state store. */
export interface AuthParts {
  state: StateStore;
  clock: Clock;
  audit: StateAuditLog;
  roles: Roles;
  accounts: Accounts;
  tokens: ApiTokens;
  links: SignInLinks;
  sessions: Sessions;
  passwords: Passwords;
  requests: AccessRequests;
  signIn: SignIn;
}

/**
 * Made at first use: a process may have no state store, and no need of one, and its provider may be replaced.
 *
 * @param lifetime of a session
 */
export function authParts(host: Pick<Host, 'resolve'>, lifetime = usualLifetime): () => AuthParts {
  let made: AuthParts | null = null;
  return () => {
    const state = host.resolve(StateStore);
    made = made?.state === state ? made : make(host, { state, lifetime });
    return made;
  };
}

function make(
  host: Pick<Host, 'resolve'>,
  { state, lifetime }: { state: StateStore; lifetime: Milliseconds },
): AuthParts {
  const clock = host.resolve(Clock);
  const random = host.resolve(Random);
  const audit = new StateAuditLog(() => state, clock);
  const roles = new Roles(state);
  const accounts = new Accounts(state, clock, random, roles);
  const tokens = new ApiTokens(state, clock, random, accounts);
  const links = new SignInLinks(state, clock, random);
  const sessions = new Sessions({ state, clock, random, accounts, tokens, lifetime });
  const passwords = new Passwords(random);
  const requests = new AccessRequests({ state, clock, random, accounts });
  const limits = new SignInLimits(state, clock);
  const signIn = new SignIn({ accounts, sessions, tokens, links, passwords, limits, audit, clock });
  return { state, clock, audit, roles, accounts, tokens, links, sessions, passwords, requests, signIn };
}
