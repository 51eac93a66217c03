import { isFaultlineError, type HttpRequest, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { parseCrashStats, printSearchText } from '@faultline/sdk/search';
import { queryOf } from './answers.js';
import type { Parts } from './parts.js';

/** Addresses of Crash Stats' pages that stand in tickets and chats: each opens the view that shows the same. */
export function oldPages(parts: Parts): HttpRoute[] {
  const page = (id: string, path: string, view: (request: HttpRequest) => string): HttpRoute => ({
    id: `crashstats-api/page-${id}`,
    method: 'GET',
    path,
    summary: 'Crash Stats: leads from an old address to the view that shows the same',
    access: 'open',
    response: null,
    handle: (request: HttpRequest) =>
      leadTo(`${new URL(parts.server.publicUrl()).pathname.replace(/\/$/, '')}${view(request)}`),
  });
  return [
    page('report', '/report/index/:id', ({ params }) => {
      const { id } = params as { id: string };
      return `/report/${encodeURIComponent(parseCrashId(id) ?? id)}`;
    }),
    page('search', '/search/', (request) => `/search?${searchOf(parts, request).toString()}`),
    page('signature', '/signature/', (request) => {
      const query = searchOf(parts, request, ['signature']);
      query.set('signature', new URLSearchParams(queryOf(request.url)).get('signature') ?? '');
      return `/group?${query.toString()}`;
    }),
    page('topcrashers', '/topcrashers/', ({ url }) => {
      const asked = new URLSearchParams(queryOf(url));
      const query = new URLSearchParams();
      for (const name of ['product', 'version']) if (asked.has(name)) query.set(name, asked.get(name) ?? '');
      const days = /^\d{1,3}$/.test(asked.get('days') ?? '') ? asked.get('days') : '7';
      query.set('from', `-${days}d`);
      return `/topcrashers?${query.toString()}`;
    }),
  ];
}

/** Filters and dates in the language of the search bar; what can't be read is left out, for it came from a link. */
function searchOf(parts: Parts, { url, principal }: HttpRequest, without: readonly string[] = []): URLSearchParams {
  const given = [...new URLSearchParams(queryOf(url))].filter(
    ([name]) => !without.includes(name) && !name.startsWith('_'),
  );
  try {
    const { query } = parseCrashStats(given, { fields: parts.fieldsFor(principal), now: parts.clock.now() });
    return new URLSearchParams({ q: printSearchText(query.filter), from: query.from, to: query.to });
  } catch (error) {
    if (!isFaultlineError(error)) throw error;
    return new URLSearchParams();
  }
}

function leadTo(location: string): HttpResponse {
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: null };
}
