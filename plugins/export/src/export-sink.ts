import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CrashId, CrashSink, FieldDictionary, Logger, Milliseconds, ProcessedCrash } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { DayFile } from './day-file.js';
import { exportSchema } from './export-schema.js';
import { exportedCrash, exportFields } from './public-fields.js';

/** Days whose ids are kept in memory; the rest are read again when they are written to. */
const openDays = 4;

export interface ExportSinkOptions {
  folder: string;
  fields: FieldDictionary;
  logger: Logger;
  tidyAfter: Milliseconds;
}

/** One file a day (of the crash id), and `schema.json`, which says what a line may hold. */
export class ExportSink implements CrashSink {
  readonly id = 'export';
  readonly title = 'NDJSON files of public fields';
  private readonly days = new Map<string, DayFile>();
  private schemaHash = '';
  private timer: NodeJS.Timeout | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ExportSinkOptions) {}

  deliver(batch: { crash: ProcessedCrash; run: number }[]): Promise<void> {
    return this.exclusive(async () => {
      await this.writeSchema();
      const fields = exportFields(this.options.fields.all());
      const byDay = new Map<string, { id: CrashId; line: string }[]>();
      for (const { crash } of batch) {
        const day = crashIdDay(crash.crash_id);
        const rows = byDay.get(day) ?? [];
        byDay.set(day, rows);
        rows.push({ id: crash.crash_id, line: JSON.stringify(exportedCrash(crash, fields)) });
      }
      for (const [day, rows] of byDay) await this.dayFile(day).append(rows);
      this.tidyLater();
    });
  }

  remove(ids: CrashId[]): Promise<void> {
    return this.exclusive(async () => {
      for (const day of new Set(ids.map(crashIdDay))) {
        await this.dayFile(day).rewrite(new Set(ids.filter((id) => crashIdDay(id) === day)));
      }
    });
  }

  /** Takes out older lines now, and no more later. */
  async close(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.tidy();
  }

  private tidy(): Promise<void> {
    return this.exclusive(async () => {
      for (const day of this.days.values()) if (day.isUntidy) await day.rewrite();
    });
  }

  private tidyLater(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (![...this.days.values()].some((day) => day.isUntidy)) return;
    this.timer = setTimeout(() => {
      this.tidy().catch((error: unknown) =>
        this.options.logger.warn({ error: String(error) }, 'Older lines of the export could not be tidied away'),
      );
    }, this.options.tidyAfter).unref();
  }

  private dayFile(day: string): DayFile {
    const file = this.days.get(day) ?? new DayFile(path.join(this.options.folder, `${day}.ndjson`));
    this.days.delete(day);
    this.days.set(day, file);
    const [oldest] = [...this.days].filter(([, other]) => !other.isUntidy);
    if (this.days.size > openDays && oldest !== undefined && oldest[0] !== day) this.days.delete(oldest[0]);
    return file;
  }

  /** Written whole, then renamed, whenever the dictionary is another. */
  private async writeSchema(): Promise<void> {
    const { folder, fields } = this.options;
    if (this.schemaHash === fields.hash()) return;
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'schema.json');
    await writeFile(`${file}.tmp`, `${JSON.stringify(exportSchema(exportFields(fields.all())), null, 2)}\n`);
    await rename(`${file}.tmp`, file);
    this.schemaHash = fields.hash();
  }

  private exclusive<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(action);
    this.turn = mine.catch(() => {
      // The caller hears of it.
    });
    return mine;
  }
}
