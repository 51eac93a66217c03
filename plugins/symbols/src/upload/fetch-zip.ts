/** An upload by URL: the zip is fetched from a host that the configuration names, and from no other. */
import { open } from 'node:fs/promises';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Bytes, Milliseconds } from '@faultline/sdk/units';
import { httpGet, isUnwritable } from '../provider/http-get.js';

export interface FetchZipOptions {
  /** Hosts (`queue.example.org`, `*.example.org`, with `:port` where it is not the usual one). */
  allowedHosts: readonly string[];
  maxBytes: Bytes;
  timeout: Milliseconds;
  signal: AbortSignal;
}

export interface FetchedZip {
  /** Last part of the address. */
  name: string;
  size: Bytes;
  /** Where redirects led, in order. */
  redirectUrls: string[];
}

/**
 * @param file to write it to; must not be there yet
 * @throws FaultlineError `UPLOAD_URL_REFUSED`, `UPLOAD_NO_ZIP`, `UPLOAD_URL_FAILED`, `UPLOAD_TOO_LARGE`
 */
export async function fetchZip(text: string, file: string, options: FetchZipOptions): Promise<FetchedZip> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FaultlineError('Malformed', 'UPLOAD_URL_REFUSED', 'Not a valid URL');
  }
  if (options.allowedHosts.length === 0) {
    throw new FaultlineError('Unsupported', 'UPLOAD_URL_REFUSED', 'Uploads by URL are not taken here.', {
      hint: 'Send the zip itself, or name the host in symbols.upload.allowedHosts.',
    });
  }
  if (!isAllowed(url, options.allowedHosts)) throw refusedHost(url.host);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  if (!/\.zip$/i.test(name))
    throw new FaultlineError('Malformed', 'UPLOAD_NO_ZIP', 'Unrecognized archive file extension');
  const redirectUrls: string[] = [];
  const output = await open(file, 'wx');
  let size = 0;
  try {
    const answer = await httpGet(
      url.href,
      {
        timeout: options.timeout,
        maxBytes: options.maxBytes,
        maxRedirects: 5,
        allowPrivateRedirects: true,
        signal: options.signal,
        packing: 'identity',
        refuseRedirect(next) {
          redirectUrls.push(next.href);
          return isAllowed(next, options.allowedHosts) ? null : refusedHost(next.host).message;
        },
      },
      (piece) => {
        size += piece.length;
        return output.write(piece);
      },
    );
    if (answer.status === 200) return { name: name.slice(0, 200), size, redirectUrls };
    throw new FaultlineError('Malformed', 'UPLOAD_URL_FAILED', `The URL answered ${answer.status}`);
  } catch (error) {
    throw uploadError(error, options.maxBytes);
  } finally {
    await output.close();
  }
}

function isAllowed({ host, hostname }: URL, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => {
    if (!pattern.startsWith('*.')) return pattern === host || pattern === hostname;
    return hostname.endsWith(pattern.slice(1)) || host.endsWith(pattern.slice(1));
  });
}

function refusedHost(host: string): FaultlineError {
  return new FaultlineError('PermissionDenied', 'UPLOAD_URL_REFUSED', `Not an allowed domain: ${host}`);
}

function uploadError(error: unknown, maxBytes: Bytes): unknown {
  if (!(error instanceof FaultlineError) || error.code.startsWith('UPLOAD_') || isUnwritable(error)) return error;
  if (error.kind === 'TooLarge') {
    return new FaultlineError('TooLarge', 'UPLOAD_TOO_LARGE', `The upload is larger than ${maxBytes} bytes.`);
  }
  if (error.kind === 'PermissionDenied')
    return new FaultlineError('PermissionDenied', 'UPLOAD_URL_REFUSED', error.message);
  return new FaultlineError('Malformed', 'UPLOAD_URL_FAILED', `The URL could not be fetched: ${error.message}.`);
}
