import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { Clock, HttpFront, HttpRoute, Job, NoticeBoard, Random, StateStore, type Milliseconds } from '@faultline/sdk';
import { accountAuditJob } from '../auth/account-review.js';
import { AccessPolicy, openingsOf } from '../auth/access-policy.js';
import type { ApiTokens } from '../auth/api-tokens.js';
import { authParts, type AuthParts } from '../auth/auth-parts.js';
import { Authenticator } from '../auth/authenticator.js';
import { OidcSignIn } from '../auth/oidc-sign-in.js';
import type { AccessConfig, LogConfig, OidcConfig, ServerConfig } from '../config/core-config.js';
import type { Host } from '../host.js';
import { TrustedProxies } from './client-address.js';
import { Cookies } from './cookies.js';
import { FrontPool } from './front/front-pool.js';
import { Health } from './health.js';
import { isPrivate, requireSafeBinding } from './loopback.js';
import { openApiDocument } from './open-api.js';
import { findPageFolder, PageFiles } from './page-files.js';
import { accountRoutes } from './routes/account-routes.js';
import type { Configurator } from '../configurator/configurator.js';
import { auditRoutes } from './routes/audit-routes.js';
import { configurationRoutes } from './routes/configuration-routes.js';
import { eventRoutes } from './routes/event-routes.js';
import { healthRoutes } from './routes/health-routes.js';
import { oidcRoutes } from './routes/oidc-routes.js';
import { sessionRoutes } from './routes/session-routes.js';
import { systemRoutes } from './routes/system-routes.js';
import { userRoutes } from './routes/user-routes.js';
import { HttpShell } from './shell.js';
import { WebServer } from './web-server.js';

export interface WebSideOptions {
  server: ServerConfig;
  access: AccessConfig;
  /** Folder of the built page; looked for when absent. */
  pageFolder?: string | null;
  checksAnswers?: boolean;
  tlsInterval?: Milliseconds;
  /** Changes the configuration; absent, nobody can over HTTP. */
  configurator?: Configurator;
  /** Of the front processes; absent, none are started. */
  log?: LogConfig;
}

/** The HTTP side of a host. */
export interface WebSide {
  /** Where it listens, with the base path, without a slash at its end. */
  url: string;
  /** The code of a new one-time link that signs in as admin; see `signInUrl`. */
  createSignInCode(): Promise<string>;
  /** Nobody could sign in otherwise: no account has a password, none came from a provider. */
  needsSignInCode(): Promise<boolean>;
  createToken: ApiTokens['create'];
  stop(): Promise<void>;
}

/** Adds the host's own routes to those of the plugins and listens. Throws before it listens when that is not safe. */
export async function startWebSide(host: Host, options: WebSideOptions): Promise<WebSide> {
  requireSafeBinding(options.server);
  const proxies = new TrustedProxies(options.server.trustedProxies);
  const stopping = new AbortController();
  const auth = authParts(host, options.access.sessionHours * 60 * 60_000);
  const access = new AccessPolicy(openingsOf(options.access, isPrivate(options.server)));
  // People may see another path than the server does, when a proxy takes a part of it away.
  const pagePath = (): string => `${new URL(host.info.publicUrl()).pathname.replace(/\/$/, '')}/`;
  const fronts = new FrontPool({
    fronts: host.contributions(HttpFront),
    logger: host.logger,
    settings: { server: options.server, dataFolder: host.info.dataFolder, logLevel: options.log?.level ?? 'info' },
  });
  const shell = new HttpShell({
    fronts,
    routes: host.contributions(HttpRoute),
    authenticator: new Authenticator({ tokens: () => auth().tokens, sessions: () => auth().sessions }),
    access,
    proxies,
    basePath: options.server.basePath,
    page: new PageFiles({
      folder: options.pageFolder === undefined ? findPageFolder() : options.pageFolder,
      uiFolder: (plugin) => uiFolder(host, plugin),
      basePath: pagePath,
    }),
    logger: host.logger,
    pause: () => host.plugins.reloading(),
    stopping: stopping.signal,
    ...(options.checksAnswers === undefined ? {} : { checksAnswers: options.checksAnswers }),
  });
  const own = [
    ...healthRoutes(host, new Health(host)),
    ...signInRoutes(host, { auth, access, options, pagePath }),
    ...userRoutes({ auth, publicUrl: () => host.info.publicUrl() }),
    ...systemRoutes(host, pagePath),
    ...eventRoutes(host),
    ...auditRoutes(() => auth().audit),
    ...(options.configurator === undefined ? [] : configurationRoutes(options.configurator)),
    openApiRoute(host, shell),
  ];
  watchAccess(host, { check: () => shell.liveAccess.check(), signal: stopping.signal });
  const registry = host.registries.of(HttpRoute);
  const removals = own.map((route) => registry.add('host', route));
  if (host.has(StateStore)) {
    const board = () => (host.has(NoticeBoard) ? host.resolve(NoticeBoard) : null);
    removals.push(host.registries.of(Job).add('host', accountAuditJob(auth, board)));
  }
  try {
    const web = await WebServer.listen({
      config: options.server,
      dataFolder: host.info.dataFolder,
      listener: shell.listener,
      logger: host.logger,
      ...(options.tlsInterval === undefined ? {} : { tlsInterval: options.tlsInterval }),
    });
    if (options.log !== undefined) await fronts.start(web.server, shell.listener);
    const url = web.url + options.server.basePath;
    host.info.listensAt(url);
    return {
      url,
      createSignInCode: () => auth().links.create(),
      needsSignInCode: async () => !(await auth().accounts.list()).some(canComeBack),
      createToken: (wish) => auth().tokens.create(wish),
      async stop() {
        stopping.abort();
        await Promise.all([web.close(), fronts.stop()]);
        for (const remove of removals) remove();
      },
    };
  } catch (error) {
    for (const remove of removals) remove();
    throw error;
  }
}

function canComeBack({
  isDisabled,
  password,
  origin,
}: {
  isDisabled: boolean;
  password: unknown;
  origin: string;
}): boolean {
  return !isDisabled && (password !== null || origin === 'oidc');
}

function signInRoutes(
  host: Host,
  parts: { auth(): AuthParts; access: AccessPolicy; options: WebSideOptions; pagePath(): string },
): HttpRoute[] {
  const { auth, access, options, pagePath } = parts;
  const cookies = new Cookies(`${options.server.basePath}/`);
  const { oidc: config } = options.access;
  const own = [
    ...sessionRoutes({ auth, access, cookies, oidcLabel: config?.label ?? null }),
    ...accountRoutes({ auth, cookies }),
  ];
  if (config === undefined) return own;
  const oidc = new OidcSignIn({
    config,
    clientSecret: () => clientSecretOf(config, host.info.dataFolder),
    redirectUri: () => `${host.info.publicUrl()}/api/v1/oidc/callback`,
    state: () => auth().state,
    accounts: () => auth().accounts,
    clock: host.resolve(Clock),
    random: host.resolve(Random),
    logger: host.logger,
  });
  return [...own, ...oidcRoutes({ auth, oidc, cookies, pagePath })];
}

async function clientSecretOf(config: OidcConfig, dataFolder: string): Promise<string> {
  const { clientSecret, clientSecretFile } = config;
  if (clientSecretFile === undefined) return clientSecret ?? '';
  return (await readFile(path.resolve(dataFolder, clientSecretFile), 'utf8')).trim();
}

/** Answers that go on are asked about again when users, roles, sessions or tokens change, by whatever process. */
function watchAccess(host: Host, { check, signal }: { check(): Promise<void>; signal: AbortSignal }): void {
  if (host.has(StateStore)) host.resolve(StateStore).watch(['auth'], check, signal);
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
