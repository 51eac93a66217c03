/**
 * The session of the admin whom a server's start invites, by the link that it printed; one for each server. Tests that
 * are not about signing in start from here: a command takes a hundred times as long as a request.
 */
import { permissions } from '@faultline/sdk';
import { faultline, type RunningServer } from './server-process.js';

export interface AdminSession {
  /** The whole header `Set-Cookie`. */
  cookie: string;
  csrfToken: string;
}

const sessions = new WeakMap<RunningServer, Promise<AdminSession>>();

export function adminSession(server: RunningServer): Promise<AdminSession> {
  const session = sessions.get(server) ?? signIn(server);
  sessions.set(server, session);
  return session;
}

/** A token for all that an admin may do. */
export async function adminToken(server: RunningServer): Promise<string> {
  const { cookie, csrfToken } = await adminSession(server);
  const [pair = ''] = cookie.split(';');
  const response = await fetch(`${server.url}/api/v1/account/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-faultline-csrf': csrfToken, cookie: pair },
    body: JSON.stringify({ name: 'system test', permissions, days: null }),
  });
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { token: string }).token;
}

async function signIn(server: RunningServer): Promise<AdminSession> {
  const code = codeIn(server.log()) ?? codeIn((await faultline(['login-link', '--data', server.data])).stdout);
  const response = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (!response.ok) throw new Error(`the sign-in link does not work: ${response.status} ${await response.text()}`);
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { cookie: response.headers.get('set-cookie') ?? '', csrfToken };
}

function codeIn(text: string): string | undefined {
  return /\/sign-in#code=(\S+)/.exec(text)?.[1];
}
