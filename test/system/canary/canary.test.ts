/**
 * A value stands in each protected field and in a dump of one crash. Every route of the router is asked as every role;
 * the value must never show to who may not see it, nor that there is such a field; and where it shows, it is recorded.
 */
import { roles, AuditLog, Bus, subjects, type Permission } from '@faultline/sdk';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { MemoryLogger } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf, allPlugins, everyRoute, textOf, type KnownRoute } from './every-route.js';
import {
  canary,
  dumpCanary,
  fieldPlugin,
  plant,
  protectedName,
  signature,
  names,
  values,
  unknownName,
} from './planted-crash.js';

let host: TestHost;
const logger = new MemoryLogger();
let crashId: string;
let routes: KnownRoute[];

type Who = { name: string; as: readonly Permission[] | undefined };

const anonymous: Who = { name: 'anonymous', as: undefined };
/** Nobody of these may see protected fields or dumps. */
const blind: Who[] = [
  anonymous,
  { name: 'viewer', as: roles.viewer },
  { name: 'triager', as: roles.triager },
  { name: 'uploader', as: ['upload_symbols'] },
  { name: 'manager without a look at data', as: ['manage'] },
];
const pages = [
  '/',
  '/search?q=x',
  '/nothing-here',
  '/api/nothing',
  '/api/v1/nothing',
  '/plugin-ui/x/y.js',
  '/%00',
  '/..%2f..',
];

beforeAll(async () => {
  host = await startTestHost({
    plugins: [...allPlugins(), fieldPlugin],
    logger,
    config: { mozilla: { enabled: true }, 'crashstats-api': { anonymousPerMinute: 0, knownPerMinute: 0 } },
  });
  crashId = await plant(host);
  const found = await everyRoute(host);
  routes = found.map((route) => ({ ...route, query: route.query ?? [] }));
  expect(found.filter(({ query }) => query === null).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
afterAll(async () => {
  await host.stop();
});

const ask = async (address: string, { as }: Who, init: RequestInit = {}, patience?: number): Promise<string> => {
  const end = new AbortController();
  const response = await host.fetch(address, { ...init, signal: end.signal, ...(as === undefined ? {} : { as }) });
  const head = JSON.stringify([...response.headers]);
  const text = await textOf(response, patience);
  end.abort();
  return `${response.status} ${head} ${text}`;
};

/** What must not show, where it does. */
async function leaks(who: Who, addresses: readonly string[], init?: RequestInit): Promise<string[]> {
  const found: string[] = [];
  for (const address of addresses) {
    const text = await ask(address, who, init);
    // Who manages the server reads manifests and the audit log, which name fields.
    const tales = who.as?.includes('manage') === true ? values : [...values, ...names];
    const told = tales.filter((tale) => text.replaceAll(address, '').includes(tale));
    if (told.length > 0) found.push(`${who.name}: ${init?.method ?? 'GET'} ${address} tells ${told.join(', ')}`);
  }
  return found;
}

describe('what is protected', () => {
  it('is planted where those who may see it see it', async () => {
    const maintainer = { name: 'maintainer', as: roles.maintainer };
    expect(await ask(`/api/v1/crashes/${crashId}`, maintainer)).toContain(canary);
    expect(await ask(`/api/RawCrash/?crash_id=${crashId}&format=raw`, maintainer)).toContain(dumpCanary);
    expect(await ask(`/api/SuperSearch/?_columns=${protectedName}`, maintainer)).toContain(canary);
    expect(await ask(`/api/v1/search?q=crash_id:${crashId}`, anonymous)).toContain(signature);
  });

  it.each(blind)('shows nowhere to a $name', async (who) => {
    const addresses = routes.filter(({ method }) => method === 'GET').flatMap((route) => addressesOf(route, crashId));
    expect(addresses.length).toBeGreaterThan(60);
    expect(await leaks(who, [...addresses, ...pages])).toEqual([]);
  });

  it('shows nowhere when something is sent', async () => {
    const init = { body: '{}', headers: { 'content-type': 'application/json' } };
    // Who may manage may also erase the crash.
    for (const who of blind.filter(({ as }) => as?.includes('manage') !== true)) {
      for (const route of routes.filter(({ method }) => method !== 'GET')) {
        const [address = ''] = addressesOf(route, crashId);
        expect(await leaks(who, [address], { ...init, method: route.method })).toEqual([]);
      }
    }
  });

  it('shows in no event', async () => {
    const listening = ask('/api/v1/events', { name: 'viewer', as: [] }, {}, 1000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const event = { crashId, product: 'Teapot', signature, status: 'complete', url: canary };
    host.resolve(Bus).emit(subjects.crashProcessed, event);
    const text = await listening;
    expect(text).toContain(crashId);
    expect(text).not.toContain(canary);
  });

  it('is in dumps only for who may see dumps', async () => {
    const sighted: Who = { name: 'sighted', as: ['view_pii'] };
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      for (const address of addressesOf(route, crashId)) {
        expect(await ask(address, sighted), address).not.toContain(dumpCanary);
      }
    }
  });

  it('answers as a field that does not exist, in whatever parameter it is named', async () => {
    const different: string[] = [];
    const forms = (name: string) => [
      name,
      `-${name}`,
      `${name}:x`,
      `${name}:~"x" product:Teapot`,
      `_cardinality.${name}`,
    ];
    const plain = (text: string) =>
      text
        .replaceAll(/zzqhidden_[ab]/g, 'F')
        .replaceAll(/\d+/g, '0')
        .replaceAll(/"x-request-id","[^"]*"/g, '');
    const parameters = [
      '_facets',
      '_columns',
      '_sort',
      '_histogram.date',
      '_aggs.product',
      'NAME',
      '_histogram.NAME',
      '_aggs.NAME',
    ];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const [filled = ''] = addressesOf(route, crashId);
      const names = /SuperSearch/.test(route.path) ? parameters : route.query;
      for (const parameter of names) {
        for (const form of forms('NAME')) {
          const address = (name: string) =>
            `${filled}?signature=${encodeURIComponent(signature)}&${parameter.replace('NAME', name)}=${encodeURIComponent(form.replaceAll('NAME', name))}`;
          const [hidden, unknown] = [
            await ask(address(protectedName), anonymous),
            await ask(address(unknownName), anonymous),
          ];
          if (plain(hidden) !== plain(unknown)) different.push(`${address(protectedName)}\n${hidden}\n${unknown}`);
        }
      }
    }
    expect(different).toEqual([]);
  });

  it('is recorded wherever it shows', async () => {
    const maintainer = { name: 'maintainer', as: roles.maintainer };
    const newest = async () => (await host.resolve(AuditLog).entries({ limit: 1 }))[0]?.sequence ?? 0;
    const unrecorded: string[] = [];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      for (const address of addressesOf(route, crashId)) {
        const before = await newest();
        const text = await ask(address, maintainer);
        const shows = [canary, dumpCanary].some((tale) => text.includes(tale));
        if (shows && (await newest()) === before) unrecorded.push(address);
      }
    }
    expect(unrecorded).toEqual([]);
  });

  it('stands in no line of the log that all this has made', () => {
    const lines = logger.lines.map((line) => JSON.stringify(line));
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => values.some((value) => line.includes(value)))).toEqual([]);
  });
});
