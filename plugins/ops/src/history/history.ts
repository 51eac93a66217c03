import type { Logger, Milliseconds, UnixMillis } from '@faultline/sdk';
import type { OperationsHistory } from '@faultline/sdk/api';
import { asFaultlineError } from '@faultline/sdk/errors';
import { RingFile, type RingLevel } from './ring-file.js';

/** Ten seconds for six hours, a minute for two weeks: 90 KB a series. */
export const levels: readonly RingLevel[] = [
  { step: 10_000, rows: 2_160 },
  { step: 60_000, rows: 20_160 },
];
/** So the file never takes more than 23 MB. */
const mostSeries = 256;

/** Means of what was seen within one slot. */
class SlotMeans {
  private readonly sums = new Map<string, { sum: number; count: number }>();
  slot: number | null = null;

  add(values: ReadonlyMap<string, number>): void {
    for (const [name, value] of values) {
      const known = this.sums.get(name) ?? { sum: 0, count: 0 };
      this.sums.set(name, { sum: known.sum + value, count: known.count + 1 });
    }
  }

  take(): Map<string, number> {
    const means = new Map([...this.sums].map(([name, { sum, count }]) => [name, sum / count]));
    this.sums.clear();
    return means;
  }
}

/** The key series of two weeks, in a ring file. */
export class History {
  private readonly means = levels.map(() => new SlotMeans());
  private ring: Promise<RingFile | null> | null = null;
  private isWriter = false;

  constructor(
    private readonly path: string,
    private readonly logger: Logger,
  ) {}

  /** Takes values of now; called by the one process that writes. A failed write is logged, and loses its slot. */
  async record(now: UnixMillis, values: ReadonlyMap<string, number>): Promise<void> {
    if (!this.isWriter) {
      await this.close();
      this.isWriter = true;
    }
    for (const [level, { step }] of levels.entries()) {
      const means = this.means[level];
      if (means === undefined) continue;
      const slot = Math.floor(now / step);
      if (means.slot !== null && means.slot !== slot) await this.write(level, means.slot, means.take());
      means.slot = slot;
      means.add(values);
    }
  }

  /** @param wish.points at most so many values a series, each the mean of its time */
  async read(wish: {
    names: readonly string[];
    from: UnixMillis;
    to: UnixMillis;
    points: number;
    now: UnixMillis;
  }): Promise<OperationsHistory> {
    const ring = await this.open();
    if (ring !== null && !this.isWriter) await ring.refresh();
    const [level, { step }] = levelFor(wish);
    const first = Math.floor(wish.from / step);
    const last = Math.floor(wish.to / step);
    const group = Math.max(1, Math.ceil((last - first + 1) / wish.points));
    const series: OperationsHistory['series'] = [];
    for (const name of wish.names) {
      const values =
        ring === null ? new Float32Array(last - first + 1).fill(NaN) : await ring.read(name, level, first, last);
      series.push({ name, values: grouped(values, group) });
    }
    return {
      from: new Date(first * step).toISOString(),
      step: step * group,
      series,
      known: ring?.names().sort() ?? [],
    };
  }

  /** Another process writes from here on. */
  async stepBack(): Promise<void> {
    if (!this.isWriter) return;
    this.isWriter = false;
    await this.close();
  }

  async close(): Promise<void> {
    // One that did not open was told to whoever wanted to read or write.
    const ring = await this.ring?.catch(() => null);
    this.ring = null;
    await ring?.close();
  }

  private async write(level: number, slot: number, values: Map<string, number>): Promise<void> {
    try {
      await (await this.open())?.write(level, slot, values);
    } catch (error) {
      this.logger.warn({ error: asFaultlineError(error) }, 'The history of the operations could not be written');
    }
  }

  /** What can't be opened is tried again with the next call. */
  private open(): Promise<RingFile | null> {
    if (this.ring !== null) return this.ring;
    const opening = RingFile.open(this.path, { levels, mostSeries, mayWrite: this.isWriter });
    this.ring = opening;
    const forget = () => {
      if (this.ring === opening) this.ring = null;
    };
    opening.then((ring) => ring ?? forget(), forget);
    return opening;
  }
}

/** The finest level that still has the time, unless it would only be thrown together again. */
function levelFor(wish: { from: UnixMillis; to: UnixMillis; now: UnixMillis; points: number }): [number, RingLevel] {
  const wanted: Milliseconds = (wish.to - wish.from) / wish.points;
  const all = [...levels.entries()];
  const usable = all.filter(([, { step, rows }]) => wish.now - wish.from <= step * rows);
  const found = usable.findLast(([, { step }]) => step <= wanted) ?? usable[0] ?? all.at(-1);
  if (found === undefined) throw new RangeError('the history has no levels');
  return found;
}

/** Means of each `group` values; null where none was recorded. */
function grouped(values: Float32Array, group: number): (number | null)[] {
  const means: (number | null)[] = [];
  for (let at = 0; at < values.length; at += group) {
    let sum = 0;
    let count = 0;
    for (let i = at; i < Math.min(at + group, values.length); i++) {
      const value = values[i];
      if (value === undefined || Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    means.push(count === 0 ? null : Math.round((sum / count) * 1000) / 1000);
  }
  return means;
}
