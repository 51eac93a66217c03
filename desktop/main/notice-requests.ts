import type { ServerAccess } from './server-profiles.js';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function openEvents({ url, token }: ServerAccess, fetch: Fetch, signal: AbortSignal): Promise<Response> {
  return fetch(`${url}api/v1/events`, { headers: { accept: 'text/event-stream', ...tokenHeader(token) }, signal });
}

/** When a group was first seen, as the server's own list of groups says. */
export function firstSeenOf({ url, token }: ServerAccess, fetch: Fetch): (signature: string) => Promise<number | null> {
  return async (signature) => {
    const quoted = `"${signature.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const query = new URLSearchParams({ q: `signature:=${quoted}`, from: '-30d', limit: '1' });
    try {
      const answer = await fetch(`${url}api/v1/groups?${query.toString()}`, { headers: tokenHeader(token) });
      if (!answer.ok) return null;
      const list = (await answer.json()) as { groups?: { firstSeen?: string }[] };
      const time = Date.parse(list.groups?.[0]?.firstSeen ?? '');
      return Number.isNaN(time) ? null : time;
    } catch {
      // A server that does not answer has no news.
      return null;
    }
  };
}

function tokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { 'auth-token': token };
}
