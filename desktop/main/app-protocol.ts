/**
 * What `app://faultline` answers: the page's own files, and everything that only a server knows, passed on to the chosen
 * one with its token added here. No credential enters the page: what a server sets as a cookie stays in this process.
 */
import path from 'node:path';
import { builtFile, mediaTypes } from './built-file.js';
import { panelFile, panelOrigin } from './panel-frames.js';
import type { ServerAccess } from './server-profiles.js';

/** As the server's own page, but for the tab's icon and what naive-ui writes. */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  `frame-src ${panelOrigin}`,
].join(';');

/** Never passed on: who asks, and from where, is this process. */
const ownHeaders = [
  'cookie',
  'origin',
  'referer',
  'host',
  'connection',
  'auth-token',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
];
/** Never passed back. */
const serverHeaders = [
  'set-cookie',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'content-security-policy',
  'strict-transport-security',
];

export interface AppProtocolParts {
  /** Folder of the built page. */
  page: string;
  /** Folder of the program that frames of panels run. */
  panelFrame: string;
  /** The chosen server; null when none is. A question waits for one that is on its way. */
  server(): Promise<ServerAccess | null> | ServerAccess | null;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export interface AppProtocol {
  /** The handler of the scheme. */
  answer(request: Request): Promise<Response>;
  /**
   * The page begins anew: nobody waits for what the old one asked.
   *
   * Folklore: Electron 33 does not tell a handler that its request was cancelled. The event stream of each page that was
   * left stayed open until the server's next sign of life; the sixth took the last connection to that server, and the
   * seventh page stayed empty.
   */
  leave(): void;
}

export function appProtocol({ page, panelFrame, server: chosenServer, fetch }: AppProtocolParts): AppProtocol {
  let left = new AbortController();
  /** Session of a person who signed in with a password or a link, by profile. */
  const sessions = new Map<string, string>();
  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const toServer = async (): Promise<Response> => {
      const server = await chosenServer();
      return server === null ? noServer() : passOn(request, { server, sessions, fetch, left: left.signal });
    };
    if (url.host === 'panel') return panelFile(request, { panelFrame, toServer });
    if (url.host !== 'faultline') return new Response('no such app', { status: 404 });
    return isOfServer(url.pathname) ? toServer() : pageFile(page, url.pathname);
  }
  return {
    answer,
    leave() {
      left.abort();
      left = new AbortController();
    },
  };
}

/** Addresses that a server answers. Its panels are not among them: their code would stand beside the bridge (`panel-frames.ts`). */
function isOfServer(pathname: string): boolean {
  return (
    /^\/(api|submit|upload|symbolicate)(\/|$)/.test(pathname) ||
    /^\/[^/]+\/[0-9A-Fa-f]{1,64}\/[^/]+\.sym$/.test(pathname)
  );
}

async function passOn(
  request: Request,
  {
    server,
    sessions,
    fetch,
    left,
  }: { server: ServerAccess; sessions: Map<string, string>; left: AbortSignal } & Pick<AppProtocolParts, 'fetch'>,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of ownHeaders) headers.delete(name);
  const session = sessions.get(server.id);
  // A person who signed in is that person; else the profile's token speaks.
  if (session !== undefined) headers.set('cookie', session);
  else if (server.token !== null) headers.set('auth-token', server.token);
  const hasBody = !['GET', 'HEAD'].includes(request.method);
  let answer: Response;
  try {
    answer = await fetch(server.url + pathname.slice(1) + search, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, left]),
      ...(hasBody ? { body: await request.arrayBuffer() } : {}),
    });
  } catch {
    return failure(503, 'SERVER_UNREACHABLE', 'The server does not answer.', `Its address is ${server.url}.`);
  }
  keepSession(answer, server.id, sessions);
  const back = new Headers(answer.headers);
  for (const name of serverHeaders) back.delete(name);
  return new Response(noBody(answer) ? null : answer.body, { status: answer.status, headers: back });
}

function keepSession(answer: Response, server: string, sessions: Map<string, string>): void {
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair = ''] = cookie.split(';');
    if (!pair.startsWith('faultline_session=')) continue;
    if (pair === 'faultline_session=') sessions.delete(server);
    else sessions.set(server, pair);
  }
}

function noBody({ status }: Response): boolean {
  return status === 204 || status === 304 || (status >= 300 && status < 400);
}

/** A file of the page; every other address is a view of it. */
function pageFile(page: string, pathname: string): Promise<Response> {
  const file = mediaTypes[path.posix.extname(pathname)] === undefined ? '/index.html' : pathname;
  return builtFile(page, file, { 'content-security-policy': policy });
}

function noServer(): Response {
  return failure(
    503,
    'NO_SERVER_CHOSEN',
    'No server is chosen.',
    'Add one under “Servers”, or start the one of this computer.',
  );
}

function failure(status: number, code: string, message: string, hint: string): Response {
  return Response.json({ error: { code, message, hint } }, { status });
}
