import { setPriority } from 'node:os';
import type { Logger } from '@faultline/sdk';

/** Half of what others get of a processor that they want too; all of one that nobody else wants. */
const niceness = 3;

/**
 * Lets posts and their processing go before searches. On Linux "this process" means the calling thread alone;
 * elsewhere it would be the whole server, so nothing is changed there.
 */
export function lowerOwnPriority(logger: Logger): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(niceness);
  } catch (error) {
    logger.info({ error }, 'searches keep the priority of posts: this system lets no thread lower its own');
  }
}
