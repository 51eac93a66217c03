import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { idToBytes } from './columns/ids.js';
import { ownColumns } from './segments/row-source.js';
import type { Segment } from './segments/segment.js';

/** The segments that count now, by day. */
export class SegmentSet {
  /** Largest `completed_datetime` of all that was ever added; -Infinity when there is none. */
  newestCompleted = -Infinity;
  private readonly byDay = new Map<string, Segment[]>();

  add(segment: Segment): void {
    this.newestCompleted = Math.max(this.newestCompleted, segment.extentOf(ownColumns.completed)?.high ?? -Infinity);
    this.byDay.set(segment.day, [...this.ofDay(segment.day), segment]);
  }

  /** All of them, from now on. */
  set(segments: readonly Segment[]): void {
    this.byDay.clear();
    for (const segment of segments) this.add(segment);
  }

  all(): Segment[] {
    return [...this.byDay.values()].flat();
  }

  ofDay(day: string): readonly Segment[] {
    return this.byDay.get(day) ?? [];
  }

  days(): Iterable<Segment[]> {
    return this.byDay.values();
  }

  get dayNames(): string[] {
    return [...this.byDay.keys()];
  }

  /** Rows that are not gone. */
  get rows(): number {
    return this.all().reduce((sum, { liveRows }) => sum + liveRows, 0);
  }

  rowsOfDay(day: string): number {
    return this.ofDay(day).reduce((sum, { liveRows }) => sum + liveRows, 0);
  }

  /** Bytes on disk. */
  get size(): number {
    return this.all().reduce((sum, { size }) => sum + size, 0);
  }

  /** Where a crash is; null when it is in none. */
  find(id: CrashId): { segment: Segment; row: number } | null {
    const bytes = idToBytes(id);
    for (const segment of this.ofDay(crashIdDay(id))) {
      const row = segment.rowOf(bytes);
      if (row >= 0) return { segment, row };
    }
    return null;
  }

  /** Rows of all these crashes, by segment. */
  locate(ids: readonly CrashId[]): Map<Segment, number[]> {
    const found = new Map<Segment, number[]>();
    for (const id of ids) {
      const place = this.find(id);
      if (place === null) continue;
      found.set(place.segment, [...(found.get(place.segment) ?? []), place.row]);
    }
    return found;
  }
}
