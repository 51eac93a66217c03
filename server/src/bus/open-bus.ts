import type { Bus, Logger } from '@faultline/sdk';
import type { ProgramConfig } from '../cli/program-config.js';
import { systemClock } from '../services/system-clock.js';
import { EmbeddedBus } from './embedded-bus.js';

/** The bus that the configuration asks for. Throws what `NatsBus.open` throws. */
export async function openBus(config: Pick<ProgramConfig, 'bus' | 'dataFolder'>, logger: Logger): Promise<Bus> {
  const folder = config.dataFolder;
  if (config.bus.url === undefined) return new EmbeddedBus({ folder, clock: systemClock, logger });
  // Loaded only where it is wanted: the client costs memory and time at every start.
  const { NatsBus } = await import('./nats/nats-bus.js');
  return await NatsBus.open(config.bus, { logger, folder, name: `faultline ${process.pid}` });
}
