import { readdirSync, existsSync } from 'node:fs';
import { HttpRoute } from '@faultline/sdk';
import type { TestHost } from '@faultline/server/testing';
import { dumpName, signature } from './planted-crash.js';

/** All plugins of this repository: what anybody adds is asked without being named here. */
export function allPlugins(): string[] {
  return readdirSync('plugins').filter((id) => existsSync(`plugins/${id}/package.json`));
}

export interface KnownRoute {
  id: string;
  method: string;
  /** With `:name` in it. */
  path: string;
  /** Names of the parameters of its query, as the OpenAPI document has them. */
  query: string[];
}

interface OpenApi {
  paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
}

/** Every route of the router; `query` is null for one that is missing from the OpenAPI document. */
export async function everyRoute(host: TestHost): Promise<(Omit<KnownRoute, 'query'> & { query: string[] | null })[]> {
  const document = (await (await host.fetch('/api/v1/openapi.json')).json()) as OpenApi;
  return host
    .contributions(HttpRoute)
    .all()
    .map(({ plugin, value }) => {
      const path = value.path.startsWith('/') ? value.path : `/api/v1/plugins/${plugin}/${value.path}`;
      const described = document.paths[path.replace(/:([A-Za-z_]\w*)/g, '{$1}')]?.[value.method.toLowerCase()];
      const query = described?.parameters?.filter((one) => one.in === 'query').map(({ name }) => name) ?? null;
      return { id: value.id, method: value.method, path, query };
    });
}

/** Addresses of a route that lead to the planted crash. */
export function addressesOf({ path, query }: KnownRoute, crashId: string): string[] {
  const filled = path
    .replace(/:(crash_?id|id)\b/gi, crashId)
    .replace(/:(name|part)\b/g, dumpName)
    .replace(/:\w+/g, 'x');
  const search = new URLSearchParams();
  if (query.includes('signature')) search.set('signature', signature);
  const crashStats = /^\/api\/[A-Z]/.test(path)
    ? [`crash_id=${crashId}`, `crash_id=${crashId}&format=raw&name=dump`, `signatures=${encodeURIComponent(signature)}`]
    : [];
  const plain = search.size === 0 ? filled : `${filled}?${search.toString()}`;
  return [plain, ...crashStats.map((text) => `${filled}?${text}`)];
}

/** The body as far as it comes: streams that never end are left after a moment. */
export async function textOf(response: Response, patience = 80): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), isEndless ? patience : 20_000).unref());
  for (;;) {
    const next = await Promise.race([reader.read().catch(() => null), late]);
    if (next === null || next.done || text.length > 4_000_000) break;
    text += decoder.decode(next.value, { stream: true });
  }
  void reader.cancel().catch(() => undefined);
  return text;
}
