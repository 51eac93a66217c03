import type { Clock } from '@faultline/sdk';
import { mostRejected, type SymbolRecords, type UploadStep } from '../store/symbol-records.js';

/** Counts the files of announced uploads as they come; those that come at once are written together. */
export class UploadTally {
  private readonly waiting = new Map<string, UploadStep>();
  private writing: Promise<void> | null = null;

  constructor(
    private readonly records: Pick<SymbolRecords, 'changeUpload'>,
    private readonly clock: Clock,
  ) {}

  /** Resolves when it is written. */
  async note(uploadId: string, step: Partial<UploadStep>): Promise<void> {
    const before = this.waiting.get(uploadId) ?? { stored: 0, skipped: 0, rejected: [] };
    this.waiting.set(uploadId, {
      stored: before.stored + (step.stored ?? 0),
      skipped: before.skipped + (step.skipped ?? 0),
      rejected: [...before.rejected, ...(step.rejected ?? [])],
    });
    // What is being written now does not have this step; the next writing has all that came meanwhile.
    await this.writing;
    if (this.waiting.size > 0) this.writing ??= this.write().finally(() => (this.writing = null));
    await this.writing;
  }

  private async write(): Promise<void> {
    const steps = [...this.waiting];
    this.waiting.clear();
    for (const [id, { stored, skipped, rejected }] of steps) {
      await this.records.changeUpload(id, (upload) => {
        const next = {
          ...upload,
          stored: upload.stored + stored,
          skipped: upload.skipped + skipped,
          rejected: [...upload.rejected, ...rejected].slice(0, mostRejected),
        };
        const isWhole = next.stored + next.skipped >= (next.announced ?? 0);
        return { ...next, completedAt: isWhole ? this.clock.now() : null };
      });
    }
  }
}
