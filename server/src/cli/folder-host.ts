import type { CliContext, CliServices } from '@faultline/sdk/cli-command';
import { processRoles, StateStore, type Token } from '@faultline/sdk';
import type { PluginRecord } from '../boot/plugin-record.js';
import { EmbeddedBus } from '../bus/embedded-bus.js';
import { inspectHost, startHost, type Host, type HostOptions } from '../host.js';
import { authParts, type AuthParts } from '../auth/auth-parts.js';
import { createLogger } from '../services/pino-logger.js';
import { systemClock } from '../services/system-clock.js';
import { systemRandom } from '../services/system-random.js';
import { prepareDataFolder } from '../serve/data-folder.js';
import { loadProgramConfig, type ProgramConfig, type ProgramOptions } from './program-config.js';

/** Opens the accounts of a data folder for one short command, whether a server runs on it or not. */
export async function withAccounts<T>(
  options: ProgramOptions,
  context: Pick<CliContext, 'env' | 'cwd'>,
  work: (auth: AuthParts, config: ProgramConfig) => Promise<T>,
): Promise<T> {
  return withHost(options, { context, services: [StateStore] }, (host, config) => work(authParts(host)(), config));
}

/** `CliContext.withServices`. */
export async function withServices<T>(
  options: ProgramOptions,
  wanted: { context: Pick<CliContext, 'env' | 'cwd'>; services: readonly Token<unknown>[] },
  work: (services: CliServices) => Promise<T>,
): Promise<T> {
  return withHost(options, wanted, (host, { dataFolder }) =>
    work({ dataFolder, resolve: (service) => host.resolve(service) }),
  );
}

async function withHost<T>(
  options: ProgramOptions,
  wanted: { context: Pick<CliContext, 'env' | 'cwd'>; services: readonly Token<unknown>[] },
  work: (host: Host, config: ProgramConfig) => Promise<T>,
): Promise<T> {
  const config = await loadProgramConfig(options, wanted.context);
  await prepareDataFolder(config.dataFolder);
  const host = await startCommandHost(config, wanted.services);
  try {
    return await work(host, config);
  } finally {
    await host.stop();
  }
}

/** The plugins of a data folder as a start would find them, with their settings; nothing runs. */
export async function inspectFolder(options: ProgramOptions, context: CliContext): Promise<InspectedFolder> {
  const config = await loadProgramConfig(options, context);
  const records = await inspectHost(await hostOptions(config, new Set(processRoles)));
  return { config, records };
}

export interface InspectedFolder {
  config: ProgramConfig;
  records: readonly PluginRecord[];
}

/** Only the providers of the wanted services run, without a role: they take no claim on the folder. */
async function startCommandHost(config: ProgramConfig, only: readonly Token<unknown>[]): Promise<Host> {
  return startHost({ ...(await hostOptions(config, new Set())), only });
}

async function hostOptions(config: ProgramConfig, roles: ReadonlySet<string>): Promise<HostOptions> {
  const logger = await createLogger({ level: 'error' });
  // The bus opens its file at the first durable work, which none of these commands has.
  const bus = new EmbeddedBus({ folder: config.dataFolder, clock: systemClock, logger });
  return { ...config, roles, logger, clock: systemClock, random: systemRandom, bus };
}
