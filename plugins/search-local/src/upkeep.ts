/**
 * What is done to segments after they were written: merging them, indexing a field again, and leaving no byte of
 * crashes that are gone. One of these at a time, beside queries and writers.
 */
import type { CrashId } from '@faultline/sdk';
import type { IndexFiles } from './index-files.js';
import { mergeCandidates } from './merge-policy.js';
import { OneAtATime } from './one-at-a-time.js';
import { Turns } from './query/turns.js';
import { refilledSegment } from './refill-segment.js';
import type { LoggedRow } from './row-log.js';
import type { SegmentSet } from './segment-set.js';
import { gatherRows } from './segments/gather-rows.js';
import type { Segment } from './segments/segment.js';
import type { StringTables } from './strings/string-tables.js';
import { UsedStrings } from './strings/used-strings.js';

interface Surroundings {
  files: IndexFiles;
  segments: SegmentSet;
  tables: StringTables;
  writing: OneAtATime;
  /** Writes the head to segments and begins a new log; called while nobody else writes. */
  flush(): Promise<void>;
}

export class Upkeep {
  private readonly tasks = new OneAtATime();
  private isStopped = false;
  /** One that has not begun serves all who ask for it. */
  private nextScrub: Promise<void> | null = null;

  constructor(private readonly around: Surroundings) {}

  /** Merges until all is well. */
  mergeSoon(): Promise<void> {
    return this.tasks.run(async () => {
      while (!this.isStopped) {
        const chosen = mergeCandidates(this.around.segments.days());
        if (chosen === null) return;
        await this.rewrite(chosen);
      }
    });
  }

  /** Indexes the fields of `hashes` again in all segments of a day. */
  refill(day: string, hashes: ReadonlyMap<string, string>, rows: ReadonlyMap<CrashId, LoggedRow>): Promise<void> {
    const { files, segments, tables, writing } = this.around;
    return this.tasks.run(async () => {
      for (const segment of [...segments.ofDay(day)]) {
        const refilled = await files.addSegment(await refilledSegment(segment, hashes, rows, tables));
        await writing.run(() => this.replace([segment], refilled, null));
      }
    });
  }

  /** On return no file holds a row that was gone when it was asked for, nor a string that only such rows had. */
  scrub(): Promise<void> {
    this.nextScrub ??= this.tasks.run(() => {
      this.nextScrub = null;
      return this.scrubNow();
    });
    return this.nextScrub;
  }

  /** No further merge begins. */
  stop(): void {
    this.isStopped = true;
  }

  /** Resolves when what has been begun is over. */
  async settled(): Promise<void> {
    await this.tasks.run(() => Promise.resolve());
  }

  private async scrubNow(): Promise<void> {
    const { files, segments, tables, writing, flush } = this.around;
    // The log and the head have rows of the crashes too.
    await writing.run(flush);
    for (const segment of segments.all()) if (segment.liveRows < segment.rows) await this.rewrite([segment]);
    const used = new UsedStrings();
    const seen = new Set(segments.all());
    for (const segment of seen) await used.addAll(segment, new Turns());
    await writing.run(async () => {
      await flush();
      for (const segment of segments.all()) if (!seen.has(segment)) await used.addAll(segment, new Turns());
      const old = await tables.blankAllBut(used);
      files.isErasing = false;
      await files.commit(segments.all(), tables, files.log);
      await tables.unlink(old);
    });
  }

  /** Makes one segment of the live rows of several. */
  private async rewrite(chosen: readonly Segment[]): Promise<void> {
    const { files, writing } = this.around;
    const hashes = new Map<string, string>();
    for (const segment of chosen) {
      for (const name of segment.fields) hashes.set(name, segment.hashOf(name) ?? '');
    }
    const sources = chosen.map((segment) => segment.snapshot());
    const gathered = await gatherRows(sources, hashes, new Turns());
    const [day = ''] = sources.map((source) => source.day);
    const merged = gathered.rows === 0 ? null : await files.addSegment({ day, ...gathered });
    await writing.run(() => this.replace(chosen, merged, gathered.places));
  }

  /**
   * Rows that went while the new segment was made go from it too.
   * @param places new rows of the old ones, by segment; null when the rows stayed where they were
   */
  private async replace(
    old: readonly Segment[],
    merged: Segment | null,
    places: readonly Int32Array[] | null,
  ): Promise<void> {
    const { files, segments, tables } = this.around;
    const gone: number[] = [];
    for (const [index, segment] of old.entries()) {
      segment.deleted?.forEach((flag, row) => {
        const place = places === null ? row : (places[index]?.[row] ?? -1);
        if (flag === 1 && place >= 0) gone.push(place);
      });
    }
    if (gone.length > 0) merged?.delete(gone);
    const rest = segments.all().filter((segment) => !old.includes(segment));
    const now = merged === null ? rest : [...rest, merged];
    await files.commit(now, tables, files.log);
    segments.set(now);
    for (const segment of old) await segment.retire();
  }
}
