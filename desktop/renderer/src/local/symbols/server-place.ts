import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import type { SymbolPlace } from './symbol-texts.js';

/** The server that this page came from, by its addresses for symbol downloads. Asked only where the person allowed it. */
export function serverPlace(
  base: string,
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
): SymbolPlace {
  const addresses = new Map<string, string>();
  return {
    async find(_, wanted) {
      const url = base + [wanted.folder, wanted.id, wanted.file].map(encodeURIComponent).join('/');
      const began = performance.now();
      const attempt = (status: SymbolAttempt['status'], bytes = 0, reason?: string): SymbolAttempt => ({
        source: 'server',
        location: url,
        status,
        milliseconds: Math.round(performance.now() - began),
        bytes,
        ...(reason === undefined ? {} : { reason }),
      });
      try {
        const answer = await fetch(url, { method: 'HEAD', credentials: 'same-origin' });
        if (!answer.ok)
          return { found: null, attempts: [attempt(statusOf(answer.status), 0, `HTTP ${answer.status}`)] };
        const modified = answer.headers.get('last-modified') ?? '';
        const stamp = `server:${url}:${modified}`;
        addresses.set(stamp, url);
        return { found: { stamp, origin: url, url, file: null }, attempts: [attempt('found')] };
      } catch {
        return { found: null, attempts: [attempt('unavailable', 0, 'the server does not answer')] };
      }
    },
    async download(stamp) {
      const url = addresses.get(stamp) ?? '';
      try {
        const answer = await fetch(url, { credentials: 'same-origin' });
        if (!answer.ok) return { file: null, reason: `HTTP ${answer.status}` };
        return { file: await answer.blob(), reason: '' };
      } catch {
        return { file: null, reason: 'the download was cut' };
      }
    },
  };
}

function statusOf(status: number): SymbolAttempt['status'] {
  if (status === 404 || status === 410) return 'not-found';
  return status === 401 || status === 403 ? 'denied' : 'unavailable';
}
