import path from 'node:path';
import { Clock, HttpRoute, Random, StateStore, type Milliseconds } from '@faultline/sdk';
import { StateAuditLog } from '../audit/state-audit-log.js';
import { AccessPolicy } from '../auth/access-policy.js';
import { ApiTokens } from '../auth/api-tokens.js';
import { Authenticator } from '../auth/authenticator.js';
import { Sessions } from '../auth/sessions.js';
import { SignInLinks } from '../auth/sign-in-links.js';
import type { AccessConfig, ServerConfig } from '../config/core-config.js';
import type { Host } from '../host.js';
import { TrustedProxies } from './client-address.js';
import { Health } from './health.js';
import { isPrivate, requireSafeBinding } from './loopback.js';
import { openApiDocument } from './open-api.js';
import { findPageFolder, PageFiles } from './page-files.js';
import { auditRoutes } from './routes/audit-routes.js';
import { eventRoutes } from './routes/event-routes.js';
import { healthRoutes } from './routes/health-routes.js';
import { sessionRoutes } from './routes/session-routes.js';
import { systemRoutes } from './routes/system-routes.js';
import { HttpShell } from './shell.js';
import { WebServer } from './web-server.js';

export interface WebSideOptions {
  server: ServerConfig;
  access: AccessConfig;
  /** Folder of the built page; looked for when absent. */
  pageFolder?: string | null;
  checksAnswers?: boolean;
  tlsInterval?: Milliseconds;
}

/** The HTTP side of a host. */
export interface WebSide {
  /** Where it listens, with the base path, without a slash at its end. */
  url: string;
  /** The code of a new one-time link that signs in as admin; see `signInUrl`. */
  createSignInCode(): Promise<string>;
  createToken: ApiTokens['create'];
  stop(): Promise<void>;
}

/** Adds the host's own routes to those of the plugins and listens. Throws before it listens when that is not safe. */
export async function startWebSide(host: Host, options: WebSideOptions): Promise<WebSide> {
  requireSafeBinding(options.server);
  const proxies = new TrustedProxies(options.server.trustedProxies);
  const stopping = new AbortController();
  const stores = storesOf(host);
  const access = new AccessPolicy({
    mode: options.access.anonymous ?? (isPrivate(options.server) ? 'public-fields' : 'none'),
    isImplied: options.access.anonymous === undefined,
  });
  // People may see another path than the server does, when a proxy takes a part of it away.
  const pagePath = (): string => `${new URL(host.info.publicUrl()).pathname.replace(/\/$/, '')}/`;
  const shell = new HttpShell({
    routes: host.contributions(HttpRoute),
    authenticator: new Authenticator(stores),
    access,
    proxies,
    basePath: options.server.basePath,
    page: new PageFiles({
      folder: options.pageFolder === undefined ? findPageFolder() : options.pageFolder,
      uiFolder: (plugin) => uiFolder(host, plugin),
      basePath: pagePath,
    }),
    logger: host.logger,
    stopping: stopping.signal,
    ...(options.checksAnswers === undefined ? {} : { checksAnswers: options.checksAnswers }),
  });
  const own = [
    ...healthRoutes(host, new Health(host)),
    ...sessionRoutes(stores, access, `${options.server.basePath}/`),
    ...systemRoutes(host, pagePath),
    ...eventRoutes(host),
    ...auditRoutes(stores.audit()),
    openApiRoute(host, shell),
  ];
  const registry = host.registries.of(HttpRoute);
  const removals = own.map((route) => registry.add('host', route));
  try {
    const web = await WebServer.listen({
      config: options.server,
      dataFolder: host.info.dataFolder,
      listener: shell.listener,
      logger: host.logger,
      ...(options.tlsInterval === undefined ? {} : { tlsInterval: options.tlsInterval }),
    });
    const url = web.url + options.server.basePath;
    host.info.listensAt(url);
    return {
      url,
      createSignInCode: () => stores.links().create(),
      createToken: (wish) => stores.tokens().create(wish),
      async stop() {
        stopping.abort();
        await web.close();
        for (const remove of removals) remove();
      },
    };
  } catch (error) {
    for (const remove of removals) remove();
    throw error;
  }
}

/** Made at first use, for a process may have no state store, and no need of one. */
export function storesOf(host: Pick<Host, 'resolve'>): {
  tokens(): ApiTokens;
  links(): SignInLinks;
  sessions(): Sessions;
  audit(): StateAuditLog;
} {
  const audit = new StateAuditLog(() => host.resolve(StateStore), host.resolve(Clock));
  const parts = () => [host.resolve(StateStore), host.resolve(Clock), host.resolve(Random)] as const;
  return {
    tokens: () => new ApiTokens(...parts()),
    links: () => new SignInLinks(...parts()),
    sessions: () => new Sessions(...parts()),
    audit: () => audit,
  };
}

function uiFolder(host: Host, plugin: string): string | null {
  const record = host.plugins.records.find((one) => one.state.id === plugin && one.state.state === 'active');
  const ui = record?.manifest?.ui;
  return record === undefined || ui === undefined ? null : path.join(record.source.location, ui);
}

function openApiRoute(host: Host, shell: HttpShell): HttpRoute {
  return {
    id: 'host/openapi',
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This API, as an OpenAPI 3.1 document',
    access: 'open',
    handle: () => ({
      body: openApiDocument(shell.table.all(), { version: host.info.version, url: host.info.publicUrl() }),
    }),
  };
}
