import type { TestHost } from '@faultline/server/testing';
import { SessionInfo } from '@faultline/sdk/api';

/** Somebody who has signed in with a browser: the cookie, and what goes with it. */
export class BrowserSession {
  private constructor(
    private readonly host: TestHost,
    public cookie: string,
    public info: SessionInfo,
  ) {}

  static async signIn(
    host: TestHost,
    credentials: object,
    headers: Record<string, string> = {},
  ): Promise<BrowserSession> {
    const response = await host.fetch('/api/v1/session', {
      method: 'POST',
      body: JSON.stringify(credentials),
      headers: { 'content-type': 'application/json', ...headers },
    });
    if (!response.ok) throw new Error(await codeOf(response));
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    return new BrowserSession(host, cookie, SessionInfo.parse(await response.json()));
  }

  /** The first admin, by a one-time link. */
  static async admin(host: TestHost): Promise<BrowserSession> {
    return BrowserSession.signIn(host, { code: await host.createSignInCode() });
  }

  /** Adds somebody with these roles, who then follows the link of the invitation. */
  async invite(login: string, ...roles: string[]): Promise<BrowserSession> {
    const { link } = (await this.json('POST', '/api/v1/users', { login, roles })) as { link: string };
    return BrowserSession.signIn(this.host, { code: /#code=(.+)$/.exec(link)?.[1] });
  }

  send(method: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { cookie: this.cookie, 'x-faultline-csrf': this.info.csrfToken ?? '' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    return this.host.fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  /** Takes a new cookie as a browser does. */
  async json(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.send(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) this.cookie = cookie;
    return response.status === 204 ? null : response.json();
  }

  /** Asks who one is, as the page does when it is loaded. */
  async reload(): Promise<SessionInfo> {
    this.info = SessionInfo.parse(await this.json('GET', '/api/v1/session'));
    return this.info;
  }
}

export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}
