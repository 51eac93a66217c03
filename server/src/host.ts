import path from 'node:path';
import {
  AuditLog,
  Bus,
  Clock,
  FieldDefinition,
  FieldDictionary,
  HttpRoute,
  Random,
  ServerInfo,
  StateStore,
  type ContributionList,
  type ContributionPoint,
  type FaultlineError,
  type Logger,
  type Milliseconds,
  type PluginState,
  type Token,
} from '@faultline/sdk';
import { StateAuditLog } from './audit/state-audit-log.js';
import type { BootOptions } from './boot/boot-options.js';
import { boot, inspectPlugins } from './boot/boot.js';
import type { RunningPlugins } from './boot/running-plugins.js';
import type { PluginRecord } from './boot/plugin-record.js';
import type { Configuration } from './config/configuration.js';
import { requireFreePath } from './http/route-claims.js';
import { serverVersion } from './own-package.js';
import { installModuleHooks } from './plugins/module-hooks.js';
import type { PluginSource } from './plugins/plugin-source.js';
import { ContributionRegistries } from './services/contribution-registry.js';
import { ContributedFieldDictionary } from './services/field-dictionary.js';
import { ServerInformation } from './services/server-information.js';
import { ServiceTable } from './services/service-table.js';

export interface HostOptions {
  configuration: Configuration;
  sources: readonly PluginSource[];
  disabled?: ReadonlySet<string>;
  /** Empty for a short-lived command. */
  roles: ReadonlySet<string>;
  dataFolder: string;
  publicUrl?: string | undefined;
  /** See `ServerInfo.sharesFolder`. */
  sharesFolder?: boolean;
  logger: Logger;
  clock: Clock;
  random: Random;
  bus: Bus;
  /** More services that exist before any plugin: fakes of a test. */
  services?: Iterable<readonly [Token<unknown>, unknown]>;
  /** See `BootOptions.only`. */
  only?: readonly Token<unknown>[];
  activateLimit?: Milliseconds;
  deactivateLimit?: Milliseconds;
}

/** The plugins and services of one process, without its HTTP side. */
export interface Host {
  readonly info: ServerInformation;
  readonly plugins: RunningPlugins;
  readonly logger: Logger;
  states(): readonly PluginState[];
  resolve<T>(service: Token<T>): T;
  has(service: Token<unknown>): boolean;
  contributions<T>(point: ContributionPoint<T>): ContributionList<T>;
  /** For the host's own contributions. */
  readonly registries: ContributionRegistries;
  /** Stops the plugins, last activated first, then the bus. Never throws; returns what went wrong. */
  stop(): Promise<FaultlineError[]>;
}

/** Provides the core services and boots the plugins. Throws when one fails that the server can't live without. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { services, registries, info, bootOptions } = await coreParts(options);
  const plugins = await boot(bootOptions);
  let stopping: Promise<FaultlineError[]> | null = null;
  return {
    info,
    plugins,
    logger: options.logger,
    registries,
    states: () => plugins.states(),
    resolve: (service) => services.get(service),
    has: (service) => services.has(service),
    contributions: (point) => registries.of(point),
    stop() {
      stopping ??= plugins.stop().then(async (problems) => {
        await options.bus.close();
        return problems;
      });
      return stopping;
    },
  };
}

/** How the plugins would come through a start, with their parsed configuration; nothing is activated. */
export async function inspectHost(options: HostOptions): Promise<readonly PluginRecord[]> {
  return inspectPlugins((await coreParts(options)).bootOptions);
}

async function coreParts(options: HostOptions): Promise<{
  services: ServiceTable;
  registries: ContributionRegistries;
  info: ServerInformation;
  bootOptions: BootOptions;
}> {
  const { roles, dataFolder, clock } = options;
  const services = new ServiceTable();
  const registries = new ContributionRegistries();
  const info = new ServerInformation({
    version: serverVersion,
    startedAt: clock.now(),
    roles,
    dataFolder,
    sharesFolder: options.sharesFolder,
    publicUrl: options.publicUrl,
  });
  services.provide(Clock, clock, 'host');
  services.provide(Random, options.random, 'host');
  services.provide(Bus, options.bus, 'host');
  services.provide(ServerInfo, info, 'host');
  services.provide(FieldDictionary, new ContributedFieldDictionary(registries.of(FieldDefinition)), 'host');
  services.provide(AuditLog, new StateAuditLog(() => services.get(StateStore), clock), 'host');
  for (const [service, implementation] of options.services ?? []) services.provide(service, implementation, 'host');

  const outside = options.sources.filter((source) => source.origin === 'configured').map((source) => source.location);
  const preloads = outside.length === 0 ? [] : [await installModuleHooks(outside, path.join(dataFolder, 'cache'))];
  const bootOptions: BootOptions = {
    ...options,
    services,
    registries,
    preloads,
    disabled: options.disabled ?? new Set(),
    inspect(plugin, point, value) {
      if (point === HttpRoute.id) requireFreePath(plugin, value as HttpRoute, registries.of(HttpRoute).all());
    },
  };
  return { services, registries, info, bootOptions };
}
