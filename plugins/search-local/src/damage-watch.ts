import type { Logger } from '@faultline/sdk';
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';

/** Notices when the index can't be read, and calls for help once. */
export class DamageWatch {
  isDamaged = false;

  /** @param onDamage it is time to build the index anew */
  constructor(
    private readonly logger: Logger,
    private readonly onDamage: () => void,
  ) {}

  /** For errors of work in the background. */
  report(error: unknown): void {
    if (this.isOfDamage(error)) this.note(error);
    else this.logger.error({ error }, 'the search index could not be tidied up');
  }

  /** What an asker should get instead of the error. */
  explained(error: unknown): unknown {
    if (!this.isOfDamage(error)) return error;
    this.note(error);
    return new FaultlineError('Unavailable', 'SEARCH_INDEX_DAMAGED', 'The search index is damaged.', {
      hint: 'It is being built anew from the stored crashes; ask again in a while.',
      cause: error,
    });
  }

  private isOfDamage(error: unknown): boolean {
    if (!isFaultlineError(error)) return false;
    return error.code === 'SEARCH_SEGMENT_DAMAGED' || error.code === 'SEARCH_STRINGS_DAMAGED';
  }

  private note(error: unknown): void {
    if (this.isDamaged) return;
    this.logger.error({ error }, 'the search index is damaged and will be built anew');
    this.isDamaged = true;
    this.onDamage();
  }
}
