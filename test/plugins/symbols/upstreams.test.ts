import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';
import {
  createSymbolProvider,
  type ClosableSymbolProvider,
  type SymbolProviderOptions,
} from '@faultline/plugin-symbols/sources';
import { SymbolCacheStatus } from '@faultline/sdk/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheStatus } from '../../../plugins/symbols/src/cache/cache-status.js';
import { SymbolsConfig } from '../../../plugins/symbols/src/config.js';
import { afterFailure, closedCircuit, phaseOf } from '../../../plugins/symbols/src/upstream/circuit.js';
import { UpstreamHealth, upstreamStatus } from '../../../plugins/symbols/src/upstream/upstream-health.js';
import { walkerOptions } from '../../../plugins/symbols/src/walker-options.js';
import { startSymbolServer, type Answer, type SymbolServer } from './symbol-server.js';
import { symText } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const named = (name: string): ModuleIdentity => ({ codeFile: name, codeId: '', debugFile: name, debugId: id });
const address = (name: string) => `/${name}/${id}/${name}.sym`;
const give =
  (name: string): Answer =>
  (_request, response) =>
    void response.end(symText({ debugFile: name, debugId: id }));

let folder = '';
const servers: SymbolServer[] = [];
const providers: ClosableSymbolProvider[] = [];
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'faultline-upstreams-'))));
afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close();
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(answers: Record<string, Answer>): Promise<SymbolServer> {
  const server = await startSymbolServer(answers);
  servers.push(server);
  return server;
}

function provider(options: Partial<SymbolProviderOptions>): ClosableSymbolProvider {
  const made = createSymbolProvider({ cacheFolder: path.join(folder, 'cache'), timeout: 3000, ...options });
  providers.push(made);
  return made;
}

const upstream = (url: string, more: Partial<SymbolProviderOptions['upstreams'][number]> = {}) => ({
  url,
  layout: 'breakpad' as const,
  headers: {},
  maxConnections: 4,
  timeout: null,
  ...more,
});

describe('a server that fails', () => {
  it('is left alone longer each time, and tried with one question after each pause', () => {
    let state = afterFailure(closedCircuit, 0, null);
    expect(phaseOf(state, 0)).toBe('closed');
    state = afterFailure(state, 0, null);
    expect([phaseOf(state, 59_999), phaseOf(state, 60_000)]).toEqual(['open', 'half-open']);
    state = afterFailure(state, 60_000, null);
    expect([phaseOf(state, 60_000 + 119_999), phaseOf(state, 60_000 + 120_000)]).toEqual(['open', 'half-open']);
    for (let round = 0; round < 20; round++) state = afterFailure(state, state.openUntil, null);
    expect(state.openUntil - 1).toBeLessThan(Number.MAX_SAFE_INTEGER);
    const last = afterFailure(state, 1e9, null);
    expect(last.openUntil).toBe(1e9 + 30 * 60_000);
  });

  it('may ask for quiet, but not for ever', () => {
    expect(afterFailure(closedCircuit, 0, 5_000).openUntil).toBe(5_000);
    expect(afterFailure(closedCircuit, 0, 1e12).openUntil).toBe(60 * 60_000);
  });

  it('is known to be down by every process of the cache, and to be up again', () => {
    let now = 1_000_000;
    const health = () => new UpstreamHealth(folder, 'https://x.example', () => now);
    const [one, other] = [health(), health()];
    one.failed('HTTP 500');
    one.failed('HTTP 500');
    expect(other.refusal()).toContain('HTTP 500');
    now += 60_000;
    expect(other.refusal()).toBeNull();
    expect(other.refusal()).toContain('being tried again');
    other.answered('found');
    expect(one.refusal()).toBeNull();
    expect(upstreamStatus(folder, 'https://x.example', now)).toMatchObject({ phase: 'closed', found: 1, failed: 2 });
  });

  it('costs a dump of many modules one line of timeouts, not one each', async () => {
    const server = await serve(
      Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [address(name), () => {}])),
    );
    const one = provider({ upstreams: [upstream(server.url, { maxConnections: 2, timeout: 150 })] });
    const lookups = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => one.find(named(name))));
    const statuses = lookups.map(({ attempts }) => attempts.at(-1)?.status);
    // The place in line of the first is taken before the second has failed, or after.
    expect(statuses.filter((status) => status === 'timeout').length).toBeLessThanOrEqual(3);
    expect(statuses.slice(3)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(server.asked.length).toBeLessThanOrEqual(3);
  });

  it('is obeyed when it says how long it wants to be left alone', async () => {
    const server = await serve({
      [address('a')]: (_request, response) => void response.writeHead(429, { 'retry-after': '600' }).end(),
    });
    const one = provider({ upstreams: [upstream(server.url)] });
    await one.find(named('a'));
    const { attempts } = await one.find(named('b'));
    expect(attempts.at(-1)).toMatchObject({ status: 'skipped', reason: expect.stringContaining('HTTP 429') as string });
    const status = upstreamStatus(path.join(folder, 'cache'), server.url, Date.now());
    expect(status?.openUntil).toBeGreaterThan(Date.now() + 500_000);
  });

  it('hangs when nothing comes for a while, however long a download may take', async () => {
    const server = await serve({
      [address('a')]: (_request, response) => void response.writeHead(200).write('MODULE'),
    });
    const began = Date.now();
    const lookup = await provider({ upstreams: [upstream(server.url)], idleTimeout: 150, timeout: 20_000 }).find(
      named('a'),
    );
    expect(lookup.attempts.at(-1)).toMatchObject({ status: 'timeout', reason: 'nothing came for 150 ms' });
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it('that announces too much is refused before it is sent', async () => {
    const server = await serve({
      [address('a')]: (_request, response) => {
        response.writeHead(200, { 'content-length': String(2 ** 40) });
        response.write('MODULE');
      },
    });
    const lookup = await provider({ upstreams: [upstream(server.url)], maxDownloadBytes: 1000 }).find(named('a'));
    expect(lookup.attempts.at(-1)).toMatchObject({ status: 'too-large' });
  });

  it('that announces less than it has gives a gzip that is cut, which is not kept', async () => {
    const { gzipSync } = await import('node:zlib');
    const whole = gzipSync(symText({ debugFile: 'a', debugId: id }));
    const server = await serve({
      [address('a')]: (_request, response) => {
        response.socket?.end(
          Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${whole.length - 20}\r\n\r\n`), whole]),
        );
      },
    });
    const lookup = await provider({ upstreams: [upstream(server.url)] }).find(named('a'));
    expect(lookup.symbols).toBeNull();
    expect(lookup.attempts.at(-1)?.status).not.toBe('found');
    expect((await provider({ cacheFolder: path.join(folder, 'cache') }).find(named('a'))).attempts[0]?.status).toBe(
      'not-found',
    );
  });
});

describe('several servers', () => {
  it('are asked in order, and what one does not have is asked of the next', async () => {
    const first = await serve({});
    const second = await serve({ [address('a')]: give('a') });
    const third = await serve({ [address('a')]: give('a') });
    const one = provider({ upstreams: [first, second, third].map(({ url }) => upstream(url)) });
    const lookup = await one.find(named('a'));
    expect(lookup.url).toBe(second.url + address('a'));
    expect([first, second, third].map(({ asked }) => asked.length)).toEqual([1, 1, 0]);
  });

  it('are not asked again for what they did not have, until that is forgotten', async () => {
    const server = await serve({});
    const find = (missLifetime: number) =>
      provider({ upstreams: [upstream(server.url)], missLifetime }).find(named('a'));
    await find(60_000);
    expect((await find(60_000)).attempts.at(-1)?.reason).toMatch(/^it said so at/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await find(5);
    expect(server.asked).toHaveLength(2);
  });

  it('have at most as many requests at once as they may', async () => {
    let open = 0;
    let most = 0;
    const slow =
      (name: string): Answer =>
      (request, response) => {
        most = Math.max(most, ++open);
        setTimeout(() => {
          open--;
          give(name)(request, response);
        }, 20);
      };
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const server = await serve(Object.fromEntries(names.map((name) => [address(name), slow(name)])));
    const one = provider({ upstreams: [upstream(server.url, { maxConnections: 3 })] });
    const found = await Promise.all(names.map((name) => one.find(named(name))));
    expect(found.every(({ symbols }) => symbols !== null)).toBe(true);
    expect(most).toBe(3);
  });
});

describe('credentials', () => {
  const headersOf = (seen: IncomingMessage[]) =>
    seen.map(({ headers }) => headers['x-secret'] ?? headers.authorization);

  it('go to the server they are for, and not to one that it redirects to', async () => {
    const seen: IncomingMessage[] = [];
    const elsewhere = await serve({
      '/there': (request, response) => {
        seen.push(request);
        give('a')(request, response);
      },
    });
    const server = await serve({
      [address('a')]: (request, response) => {
        seen.push(request);
        response.writeHead(302, { location: `${elsewhere.url}/there` }).end();
      },
    });
    const options = {
      upstreams: [upstream(server.url, { headers: { 'x-secret': 'abc' } })],
      allowPrivateRedirects: true,
    };
    const lookup = await provider(options).find(named('a'));
    expect(lookup.symbols).not.toBeNull();
    expect(headersOf(seen)).toEqual(['abc', undefined]);
    expect(JSON.stringify(lookup.attempts)).not.toContain('abc');
  });

  it('come from the configuration by host, and are shown to nobody', async () => {
    const seen: IncomingMessage[] = [];
    const server = await serve({
      [address('a')]: (request, response) => {
        seen.push(request);
        give('a')(request, response);
      },
    });
    const config = SymbolsConfig.parse({
      upstreams: [{ url: server.url }],
      credentials: { '127.0.0.1': { username: 'me', password: 'hidden-word' } },
    });
    const options = walkerOptions(config, { dataFolder: folder, cacheFolder: path.join(folder, 'cache') });
    expect((await provider(options).find(named('a'))).symbols).not.toBeNull();
    expect(headersOf(seen)).toEqual([`Basic ${btoa('me:hidden-word')}`]);
    const { upstreams, missLifetime } = options;
    const facts = { folder: path.join(folder, 'cache'), maxBytes: 1, upstreams, missLifetime, now: Date.now() };
    const status = await cacheStatus(facts);
    expect(JSON.stringify(status)).not.toContain('hidden-word');
    expect(SymbolCacheStatus.parse(status)).toMatchObject({
      downloads: { files: 1 },
      indexes: { files: 1 },
      upstreams: [{ url: server.url, hasCredentials: true, phase: 'closed', found: 1 }],
    });
  });

  it('do not stand in the address, where everybody would see them', () => {
    const parsed = SymbolsConfig.safeParse({ upstreams: [{ url: 'https://me:hidden-word@x.example/' }] });
    expect(parsed.error?.message).toContain('put them into `credentials`');
    expect(parsed.error?.message).not.toContain('hidden-word');
  });
});
