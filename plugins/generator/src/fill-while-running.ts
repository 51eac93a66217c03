/** A busy server to look around in, filled while its pages are open already. */
import type { Bus, Clock, CrashEvent, CrashStorage, Logger, SearchEngine } from '@faultline/sdk';
import type { GeneratorConfig } from './config.js';
import { fillFolder } from './fill-folder.js';

export interface FillTarget {
  storage: CrashStorage;
  engine: Pick<SearchEngine, 'index'>;
  bus: Pick<Bus, 'emit'>;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

/** Reports of the last days have stacks to look at; of all of them would take fifteen times the room. */
const wholeFor = 36 * 3_600_000;
const toldEvery = 2_000;

/** Resolves when all are there, or when the server stops. */
export async function fillWhileRunning({ fill, days }: GeneratorConfig, target: FillTarget): Promise<void> {
  const { storage, engine, bus, clock, logger, signal } = target;
  const end = clock.now();
  let told = clock.monotonic();
  logger.info({ crashes: fill, days }, 'generated crashes are being added');
  try {
    const { stored } = await fillFolder({
      crashes: fill,
      days,
      seed: '1',
      end,
      storage,
      engine,
      wholeSince: end - wholeFor,
      dumps: false,
      batchesAtOnce: 1,
      signal,
      progress: (done, newest) => {
        // Pages that are open hear that there is more to see.
        const { crash_id: crashId, product = '', signature, status } = newest;
        bus.emit('crash.processed', { crashId, product, signature, status } satisfies CrashEvent);
        if (clock.monotonic() - told < toldEvery) return;
        told = clock.monotonic();
        logger.info({ done, of: fill }, 'generated crashes are being added');
      },
    });
    logger.info({ crashes: stored }, 'generated crashes were added');
  } catch (error) {
    if (!signal.aborted) logger.error({ error }, 'generated crashes could not be added');
  }
}
