import { subjects, type Bus, type Logger } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { SymbolsThread } from './symbols-thread.js';

/** Builds the index of each uploaded symbol file, one after the other, before the first crash asks for it. */
export class IndexAhead {
  private readonly waiting = new Map<string, { debugFile: string; debugId: string }>();
  private running: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    private readonly thread: Pick<SymbolsThread, 'index'>,
    private readonly logger: Logger,
  ) {}

  /** Until the returned function is called. */
  listen(bus: Bus): () => void {
    const deaf = bus.on<{ debugFile: string; debugId: string }>(subjects.symbolsUploaded, ({ debugFile, debugId }) => {
      this.waiting.set(`${debugFile}/${debugId}`, { debugFile, debugId });
      this.running ??= this.run().finally(() => (this.running = null));
    });
    return () => {
      deaf();
      this.isStopped = true;
      this.waiting.clear();
    };
  }

  private async run(): Promise<void> {
    for (;;) {
      const [next] = this.waiting;
      if (next === undefined || this.isStopped) return;
      this.waiting.delete(next[0]);
      try {
        await this.thread.index(next[1]);
      } catch (error) {
        // The first walk that needs it builds it, and reports what is wrong.
        this.logger.debug({ error: asFaultlineError(error), ...next[1] }, 'An index could not be built ahead');
      }
    }
  }
}
