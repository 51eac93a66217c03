import { UsageError, type CliContext, type CliServer, type ServerOptions } from '@faultline/sdk/cli-command';
import { FaultlineError, type ErrorKind } from '@faultline/sdk/errors';

/** Requests to one server. */
export class ServerClient implements CliServer {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(
    options: ServerOptions,
    private readonly context: Pick<CliContext, 'env' | 'signal'>,
  ) {
    const url = options.url ?? context.env['FAULTLINE_URL'];
    if (url === undefined) throw new UsageError('--url is missing (or FAULTLINE_URL)');
    if (!URL.canParse(url)) throw new UsageError(`--url wants an address like http://127.0.0.1:7070, not "${url}"`);
    this.#url = url.replace(/\/+$/, '');
    this.#token = options.token ?? context.env['FAULTLINE_TOKEN'];
  }

  /** Throws `Unavailable SERVER_UNREACHABLE` when nobody answers; any answer is returned. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set('auth-token', this.#token);
    const signals = [this.context.signal, ...(init.signal == null ? [] : [init.signal])];
    try {
      return await fetch(this.#url + path, { ...init, headers, signal: AbortSignal.any(signals) });
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(error);
      throw new FaultlineError('Unavailable', 'SERVER_UNREACHABLE', `${this.#url} does not answer: ${reason}.`, {
        hint: 'Is the server running there? It prints its address at the start.',
        cause: error,
      });
    }
  }

  async json(path: string, init: RequestInit = {}): Promise<unknown> {
    const headers = new Headers(init.headers);
    headers.set('accept', 'application/json');
    if (init.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const response = await this.fetch(path, { ...init, headers });
    const text = await response.text();
    let body: unknown;
    try {
      body = text === '' ? null : JSON.parse(text);
    } catch {
      // A proxy's page, most likely: the status says more than its text.
      throw errorOf({}, response.status);
    }
    if (response.ok) return body;
    throw errorOf(body, response.status);
  }
}

function errorOf(body: unknown, status: number): FaultlineError {
  const error = (body as { error?: Partial<ReturnType<FaultlineError['toJSON']>> }).error ?? {};
  const kind: ErrorKind = status === 404 ? 'NotFound' : status === 403 ? 'PermissionDenied' : 'Unavailable';
  return new FaultlineError(kind, error.code ?? 'SERVER_ERROR', error.message ?? `The server answered ${status}.`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}
