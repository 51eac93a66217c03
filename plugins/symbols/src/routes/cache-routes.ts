import { rm } from 'node:fs/promises';
import path from 'node:path';
import { defineRoute, type AuditLog, type Clock, type HttpRoute, type Principal } from '@faultline/sdk';
import { SymbolCacheStatus, SymbolPinList, SymbolPinShape } from '@faultline/sdk/api';
import { cacheKinds } from '../cache/cache-inventory.js';
import { cacheStatus, type CacheFacts } from '../cache/cache-status.js';
import type { PinList } from '../cache/pin-list.js';

export interface CacheRoutesOptions extends Omit<CacheFacts, 'now'> {
  pins: PinList;
  clock: Clock;
  audit(): AuditLog;
}

/** The cache of downloads and indexes, the servers behind it, and what must stay. */
export function cacheRoutes({ pins, clock, audit, ...facts }: CacheRoutesOptions): HttpRoute[] {
  const note = (principal: Principal, action: string, target: string) =>
    audit().record({ actor: principal.id, actorName: principal.name, action, target, details: {} });
  return [
    defineRoute({
      id: 'symbols/cache',
      method: 'GET',
      path: '/api/v1/symbols/cache',
      summary: 'How full the cache of symbols is, and how the servers behind it are',
      access: 'signed-in',
      response: SymbolCacheStatus,
      handle: async () => ({ body: await cacheStatus({ ...facts, now: clock.now() }) }),
    }),
    defineRoute({
      id: 'symbols/cache-empty',
      method: 'DELETE',
      path: '/api/v1/symbols/cache',
      summary: 'Empty the cache: downloads, indexes, and what servers said they do not have',
      access: 'manage',
      response: null,
      async handle({ principal }) {
        for (const kind of [...cacheKinds, 'upstreams'])
          await rm(path.join(facts.folder, kind), { recursive: true, force: true });
        await note(principal, 'symbols.empty-cache', '');
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'symbols/pins',
      method: 'GET',
      path: '/api/v1/symbols/pins',
      summary: 'Modules whose files no quota and no retention takes',
      access: 'signed-in',
      response: SymbolPinList,
      handle: async () => ({ body: { pins: await pins.all() } }),
    }),
    defineRoute({
      id: 'symbols/pin',
      method: 'POST',
      path: '/api/v1/symbols/pins',
      summary: 'Keep a module’s files, of one version or (debugId "") of all',
      access: 'manage',
      request: { body: SymbolPinShape },
      response: SymbolPinList,
      async handle({ body, principal }) {
        await pins.add(body);
        await note(principal, 'symbols.pin', `${body.debugFile}/${body.debugId}`);
        return { body: { pins: await pins.all() } };
      },
    }),
    defineRoute({
      id: 'symbols/unpin',
      method: 'DELETE',
      path: '/api/v1/symbols/pins',
      summary: 'Let a module’s files go when their time comes',
      access: 'manage',
      request: { query: SymbolPinShape },
      response: SymbolPinList,
      async handle({ query, principal }) {
        await pins.remove(query);
        await note(principal, 'symbols.unpin', `${query.debugFile}/${query.debugId}`);
        return { body: { pins: await pins.all() } };
      },
    }),
  ];
}
