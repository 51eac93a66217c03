import { AuditLog, PluginCatalog, StateStore, type Bus } from '@faultline/sdk';
import { openBus } from '../bus/open-bus.js';
import type { ProgramConfig } from '../cli/program-config.js';
import { Configurator } from '../configurator/configurator.js';
import { startHost, type Host } from '../host.js';
import { requireSafeBinding } from '../http/loopback.js';
import { startWebSide } from '../http/web-side.js';
import { createLogger } from '../services/pino-logger.js';
import { systemClock } from '../services/system-clock.js';
import { systemRandom } from '../services/system-random.js';
import { banner } from './banner.js';
import { prepareDataFolder } from './data-folder.js';
import { beatHeart } from './heartbeat.js';
import { announce, withdraw } from './running-server.js';
import { watchPlugins } from './watch-plugins.js';

export interface ServeOptions {
  config: ProgramConfig;
  roles: ReadonlySet<string>;
  isDevelopment: boolean;
  /** For people. */
  say(text: string): void;
}

/** A server that takes posts. */
export interface ServingHost {
  url: string;
  host: Host;
  /** Finishes what is in hand; true when everything stopped as it should. */
  stop(): Promise<boolean>;
}

function configuratorOf(host: Host, config: ProgramConfig, { bus, roles }: { bus: Bus; roles: ReadonlySet<string> }) {
  return new Configurator({
    configuration: config.configuration,
    place: config,
    parts: { logger: host.logger, clock: systemClock, random: systemRandom, bus, roles },
    plugins: host.plugins,
    clock: systemClock,
    audit: host.resolve(AuditLog),
  });
}

/** Starts everything on a data folder; when it returns, the server takes posts. */
export async function serve({ config, roles, isDevelopment, say }: ServeOptions): Promise<ServingHost> {
  const { dataFolder } = config;
  requireSafeBinding(config.server);
  await prepareDataFolder(dataFolder);
  const logger = await createLogger(isDevelopment ? { level: 'debug', pretty: true } : { level: config.log.level });
  const bus = await openBus(config, logger.child({ plugin: 'bus' }));
  const host = await startHost({
    ...config,
    roles,
    sharesFolder: config.bus.url !== undefined,
    publicUrl: config.server.publicUrl,
    logger,
    clock: systemClock,
    random: systemRandom,
    bus,
  }).catch(async (error: unknown) => {
    // What keeps a connection would keep the process.
    await bus.close();
    throw error;
  });
  try {
    const web = await startWebSide(host, { ...config, configurator: configuratorOf(host, config, { bus, roles }) });
    const announceNow = (): Promise<void> =>
      announce(dataFolder, {
        pid: process.pid,
        url: web.url,
        startedAt: new Date(host.info.startedAt).toISOString(),
        roles: [...roles],
        plugins: host.states(),
      });
    await announceNow();
    host.resolve(PluginCatalog).onChange(() => void announceNow());
    const needsCode = roles.has('web') && host.has(StateStore) && (await web.needsSignInCode());
    const signInCode = needsCode ? await web.createSignInCode() : null;
    const stopBeating = beatHeart(host, systemClock, config.settings);
    const unwatch = isDevelopment ? watchPlugins(host) : () => {};
    say(banner({ publicUrl: host.info.publicUrl(), dataFolder, signInCode, states: host.states() }));
    return {
      url: web.url,
      host,
      async stop() {
        logger.info('stopping');
        unwatch();
        stopBeating();
        await withdraw(dataFolder);
        await web.stop();
        const problems = await host.stop();
        logger.info('stopped');
        return problems.length === 0;
      },
    };
  } catch (error) {
    await host.stop();
    throw error;
  }
}
