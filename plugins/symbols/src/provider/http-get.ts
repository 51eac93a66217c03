/**
 * One bounded GET over node:http, which unlike `fetch` gives the bytes as they were sent (a `.sym` that comes as gzip
 * is stored as gzip) and loads in a millisecond. Bounds: time as a whole, bytes, redirects; a redirect to another host
 * may not lead into a private network or from https to http.
 */
import { lookup as lookupName } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { FaultlineError } from '@faultline/sdk/errors';
import { isPrivateAddress } from './private-address.js';

const unwritableCode = 'SYMBOL_DOWNLOAD_UNWRITABLE';

export interface HttpGetOptions {
  timeout: number;
  maxBytes: number;
  maxRedirects: number;
  allowPrivateRedirects: boolean;
  signal?: AbortSignal | undefined;
  /** Return a redirect as it is instead of following it. */
  stopAtRedirect?: boolean;
  /** Nothing came for so long: the server hangs. Default 30 s. */
  idleTimeout?: number;
  /** What the server may pack the body with; gzip bytes are given as they come. Default `gzip`. */
  packing?: 'gzip' | 'identity';
  /** For the first host alone: credentials don't travel with a redirect. */
  headers?: Readonly<Record<string, string>>;
  /** Whether a redirect may lead to this address; null when it may, else why not. */
  refuseRedirect?: (url: URL) => string | null;
}

export interface HttpAnswer {
  status: number;
  location: string | null;
  /** The address that answered, after redirects. */
  url: string;
  bytes: number;
  /** What a server that is too busy asks for, in milliseconds; null when it says nothing. */
  retryAfter: number | null;
}

/**
 * @param take called for each piece of the body of a 200 answer, in order; the next waits for what it returns
 * @throws FaultlineError `SYMBOL_DOWNLOAD_TIMEOUT`, `_TOO_LARGE`, `_REDIRECT`, `_FAILED`, `_CUT`, `_ENCODING`; what
 *   `take` throws as `_UNWRITABLE`
 */
export async function httpGet(
  start: string,
  options: HttpGetOptions,
  take: (piece: Uint8Array) => void | Promise<unknown>,
): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(options.timeout);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const home = new URL(start);
  let url = home;
  const seen = new Set([home.href]);
  for (let redirects = 0; ; redirects++) {
    const isForeign = url.host !== home.host || url.protocol !== home.protocol;
    const guard = isForeign && !options.allowPrivateRedirects;
    if (guard && isPrivateAddress(url.hostname)) throw privateRedirect(url);
    let answer: HttpAnswer;
    try {
      answer = await getOnce(
        url,
        { ...options, signal, guard, headers: isForeign ? {} : (options.headers ?? {}) },
        take,
      );
    } catch (error) {
      if (error instanceof FaultlineError) throw error;
      if (deadline.aborted) {
        throw new FaultlineError('Timeout', 'SYMBOL_DOWNLOAD_TIMEOUT', `no complete answer in ${options.timeout} ms`);
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new FaultlineError('Unavailable', 'SYMBOL_DOWNLOAD_FAILED', reason, { cause: error });
    }
    const isRedirect = answer.status >= 300 && answer.status < 400 && answer.location !== null;
    if (!isRedirect || options.stopAtRedirect === true) return answer;
    if (redirects >= options.maxRedirects) throw badRedirect(`more than ${options.maxRedirects} redirects`);
    url = nextUrl(url, answer.location ?? '');
    if (seen.has(url.href)) throw badRedirect('a redirect to where it came from');
    seen.add(url.href);
    const refused = options.refuseRedirect?.(url) ?? null;
    if (refused !== null) throw new FaultlineError('PermissionDenied', 'SYMBOL_DOWNLOAD_REDIRECT', refused);
  }
}

function nextUrl(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw badRedirect('a redirect to something that is no address');
  const next = new URL(location, from);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw badRedirect(`a redirect to ${next.protocol}`);
  if (from.protocol === 'https:' && next.protocol === 'http:') throw badRedirect('a redirect from https to http');
  return next;
}

interface OnceOptions extends HttpGetOptions {
  signal: AbortSignal;
  guard: boolean;
  headers: Readonly<Record<string, string>>;
}

function getOnce(
  url: URL,
  options: OnceOptions,
  take: (piece: Uint8Array) => void | Promise<unknown>,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const outgoing = request(url, {
      signal: options.signal,
      headers: { 'accept-encoding': options.packing ?? 'gzip', 'user-agent': 'faultline-symbols', ...options.headers },
      ...(options.guard ? { lookup: publicLookup } : {}),
    });
    outgoing.on('error', reject);
    const idleTimeout = options.idleTimeout ?? 30_000;
    outgoing.setTimeout(idleTimeout, () => {
      reject(new FaultlineError('Timeout', 'SYMBOL_DOWNLOAD_TIMEOUT', `nothing came for ${idleTimeout} ms`));
      outgoing.destroy();
    });
    outgoing.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const location = response.headers.location ?? null;
      let bytes = 0;
      response.on('error', reject);
      if (status !== 200) {
        resolve({ status, location, url: url.href, bytes, retryAfter: retryAfterOf(response.headers['retry-after']) });
        // Nobody reads the page that says why.
        return void response.destroy();
      }
      const encoding = response.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'gzip' && encoding !== 'x-gzip' && encoding !== 'identity') {
        reject(new FaultlineError('Unsupported', 'SYMBOL_DOWNLOAD_ENCODING', `it is sent as ${encoding}`));
        return void response.destroy();
      }
      if (Number(response.headers['content-length'] ?? 0) > options.maxBytes) {
        reject(tooLarge(options.maxBytes));
        return void response.destroy();
      }
      // First the reason: destroying makes the answer look cut.
      const refuse = (error: FaultlineError) => {
        reject(error);
        response.destroy();
      };
      response.on('data', (piece: Uint8Array) => {
        bytes += piece.length;
        if (bytes > options.maxBytes) return refuse(tooLarge(options.maxBytes));
        try {
          const taken = take(piece);
          if (taken === undefined) return;
          response.pause();
          taken.then(
            () => response.resume(),
            (error: unknown) => refuse(unwritable(error)),
          );
        } catch (error) {
          refuse(unwritable(error));
        }
      });
      response.on('end', () => {
        if (response.complete) resolve({ status, location, url: url.href, bytes, retryAfter: null });
        else reject(cutAnswer(bytes));
      });
      response.on('aborted', () => reject(cutAnswer(bytes)));
    });
    outgoing.end();
  });
}

/** Resolves a name, and refuses it when any of its addresses is private. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookupName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const first = addresses[0];
    if (first === undefined || addresses.some((each) => isPrivateAddress(each.address))) {
      return callback(privateRedirect(new URL(`http://${hostname}/`)) as Error, '', 0);
    }
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function privateRedirect(url: URL): FaultlineError {
  const message = `a redirect to ${url.hostname}, which is in a private network`;
  return new FaultlineError('PermissionDenied', 'SYMBOL_DOWNLOAD_REDIRECT', message);
}

function badRedirect(message: string): FaultlineError {
  return new FaultlineError('Malformed', 'SYMBOL_DOWNLOAD_REDIRECT', message);
}

/** Seconds or a date. */
function retryAfterOf(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function tooLarge(maxBytes: number): FaultlineError {
  return new FaultlineError('TooLarge', 'SYMBOL_DOWNLOAD_TOO_LARGE', `more than ${maxBytes} bytes`);
}

/** The disk is full, say: no fault of the server's. */
function unwritable(cause: unknown): FaultlineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FaultlineError('Unavailable', unwritableCode, `what came could not be kept: ${reason}`, { cause });
}

export function isUnwritable(error: unknown): boolean {
  return error instanceof FaultlineError && error.code === unwritableCode;
}

function cutAnswer(bytes: number): FaultlineError {
  return new FaultlineError('Unavailable', 'SYMBOL_DOWNLOAD_CUT', `the answer was cut after ${bytes} bytes`);
}
