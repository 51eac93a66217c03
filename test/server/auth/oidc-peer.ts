/**
 * A real OpenID provider (oidc-provider) that signs everybody in as whom the test names, without asking. Its answers
 * can be falsified on their way, signed with its own key: what a broken or hostile provider would send.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

type Claims = Record<string, unknown>;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyId = 'test-key';

export class OidcPeer {
  /** Whom the provider signs in, with the claims it has of them. */
  person: { id: string; claims: Claims } = { id: 'p1', claims: {} };
  /** Changes the claims of id tokens before they are signed. */
  falsify: ((claims: Claims) => Claims) | null = null;
  /** Answers nothing at all. */
  isDown = false;
  #provider: Provider | null = null;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  /** Listens; nobody can sign in before `serve`. */
  static async start(): Promise<OidcPeer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OidcPeer(server);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  serve(redirectUri: string): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: 'faultline',
          client_secret: 'a secret of the test, long enough',
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: 'client_secret_basic',
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['key of the test'] },
      claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => Promise.resolve({ ...this.person.claims, sub: id }),
      }),
    });
    provider.on('server_error', (_context, error) => process.stderr.write(`${String(error)}\n`));
    this.#provider = provider;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const provider = this.#provider;
    if (provider === null || this.isDown) {
      response.destroy();
      return;
    }
    if (request.url?.startsWith('/interaction/') === true) {
      await this.#consent(provider, request, response);
      return;
    }
    if (request.url === '/token' && this.falsify !== null) this.#falsifyAnswer(response, this.falsify);
    void provider.callback()(request, response);
  }

  async #consent(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: { accountId: this.person.id } });
      return;
    }
    const grant = new provider.Grant({ accountId: this.person.id, clientId: String(params['client_id']) });
    grant.addOIDCScope('openid profile email');
    const result = { consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }

  #falsifyAnswer(response: ServerResponse, falsify: (claims: Claims) => Claims): void {
    const end = response.end.bind(response);
    response.end = ((chunk: unknown) => {
      const answer = JSON.parse(String(chunk)) as { id_token?: string };
      if (answer.id_token !== undefined) answer.id_token = signed(falsify(claimsOf(answer.id_token)));
      const body = JSON.stringify(answer);
      response.setHeader('content-length', Buffer.byteLength(body));
      return end(body);
    }) as typeof response.end;
  }
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

function signed(claims: Claims): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** A browser as far as a sign-in needs one: cookies by origin, and redirects followed one by one. */
export class RedirectedBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async get(address: string): Promise<{ address: string; response: Response; next: string | null }> {
    const url = new URL(address);
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>();
    this.#cookies.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    return { address, response, next: location === null ? null : new URL(location, url).href };
  }

  /** Follows until an address that begins like this would be next; that address. */
  async follow(address: string, until: string): Promise<string> {
    let next: string | null = address;
    for (let step = 0; step < 20 && next !== null; step++) {
      if (step > 0 && next.startsWith(until)) return next;
      ({ next } = await this.get(next));
    }
    throw new Error(`the way did not lead to ${until}`);
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(origin)?.get(name);
  }
}
