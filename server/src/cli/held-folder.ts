import type { CliContext, CliServices } from '@faultline/sdk/cli-command';
import { EmbeddedBus } from '../bus/embedded-bus.js';
import { startHost } from '../host.js';
import { prepareDataFolder } from '../serve/data-folder.js';
import { createLogger } from '../services/pino-logger.js';
import { systemClock } from '../services/system-clock.js';
import { systemRandom } from '../services/system-random.js';
import { loadProgramConfig, type ProgramOptions } from './program-config.js';

/** `CliContext.withFolder`. With the role `web`: what serves answers runs, what collects or processes does not. */
export async function withFolder<T>(
  options: ProgramOptions,
  context: Pick<CliContext, 'env' | 'cwd'>,
  work: (services: CliServices) => Promise<T>,
): Promise<T> {
  const config = await loadProgramConfig(options, context);
  await prepareDataFolder(config.dataFolder);
  const logger = await createLogger({ level: 'error' });
  const bus = new EmbeddedBus({ folder: config.dataFolder, clock: systemClock, logger });
  const host = await startHost({
    ...config,
    roles: new Set(['web']),
    logger,
    clock: systemClock,
    random: systemRandom,
    bus,
  });
  try {
    return await work({ dataFolder: config.dataFolder, resolve: (service) => host.resolve(service) });
  } finally {
    await host.stop();
  }
}
