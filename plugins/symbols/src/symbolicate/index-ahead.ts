import { subjects, type Bus, type Logger } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import { breakpadPath } from '@faultline/symbols/symbol-path';
import type { SymbolRecords } from '../store/symbol-records.js';
import type { SymbolsThread } from './symbols-thread.js';
import type { TextProblems } from './worker-protocol.js';

/**
 * Builds the index of each uploaded symbol file, one after the other, before the first crash asks for it, and notes
 * which of its lines can't be used.
 */
export class IndexAhead {
  private readonly waiting = new Map<string, { debugFile: string; debugId: string }>();
  private running: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    private readonly thread: Pick<SymbolsThread, 'lookUp'>,
    private readonly records: SymbolRecords,
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
        const { problems } = await this.thread.lookUp({ codeFile: '', codeId: '', ...next[1] }, false);
        await this.note(next[1], problems);
      } catch (error) {
        // The first walk that needs it builds it, and reports what is wrong.
        this.logger.debug({ error: asFaultlineError(error), ...next[1] }, 'An index could not be built ahead');
      }
    }
  }

  private async note(module: { debugFile: string; debugId: string }, problems: TextProblems | null): Promise<void> {
    const place = breakpadPath({ codeFile: '', ...module });
    if (place === null || problems === null) return;
    const key = { debugFile: place.folder, id: place.id, fileName: place.file };
    for (const isTry of [false, true]) {
      const record = await this.records.get(key, isTry);
      if (record !== null) await this.records.noteProblems(record, problems);
    }
  }
}
