/**
 * What is read from segment files stays in memory up to a limit. Each segment has a drawer of its own, so that looking
 * something up is one step in a small map; when all drawers together hold too much, what was used longest ago goes.
 */
import type { Bytes } from '@faultline/sdk';

interface Kept<T> {
  value: T;
  size: Bytes;
  /** Time of the last use, on the cache's own clock. */
  usedAt: number;
}

/** So much is left when room is made, so that it is not made again at once. */
const partLeft = 7 / 8;

export class ColumnCache<T> {
  private readonly drawers = new Set<CacheDrawer<T>>();
  private used: Bytes = 0;
  private clock = 0;

  constructor(private readonly limit: Bytes) {}

  get size(): Bytes {
    return this.used;
  }

  /** A new drawer; `close` it when its segment is gone. */
  drawer(): CacheDrawer<T> {
    const drawer: CacheDrawer<T> = new CacheDrawer<T>({
      now: () => ++this.clock,
      grew: (bytes) => {
        this.drawers.add(drawer);
        this.used += bytes;
        if (this.used > this.limit) this.makeRoom();
      },
      closed: (bytes) => {
        this.drawers.delete(drawer);
        this.used -= bytes;
      },
    });
    return drawer;
  }

  private makeRoom(): void {
    const all = [...this.drawers].flatMap((drawer) => drawer.all());
    all.sort((a, b) => a.usedAt - b.usedAt);
    const wanted = this.limit * partLeft;
    for (const { size, drop } of all) {
      if (this.used <= wanted) return;
      drop();
      this.used -= size;
    }
  }
}

export class CacheDrawer<T> {
  private readonly kept = new Map<string, Kept<T>>();

  constructor(private readonly cache: { now(): number; grew(bytes: Bytes): void; closed(bytes: Bytes): void }) {}

  get(name: string): T | undefined {
    const entry = this.kept.get(name);
    if (entry === undefined) return undefined;
    entry.usedAt = this.cache.now();
    return entry.value;
  }

  set(name: string, value: T, size: Bytes): void {
    const before = this.kept.get(name)?.size ?? 0;
    this.kept.set(name, { value, size, usedAt: this.cache.now() });
    this.cache.grew(size - before);
  }

  /** Forgets all. */
  close(): void {
    let bytes = 0;
    for (const { size } of this.kept.values()) bytes += size;
    this.kept.clear();
    this.cache.closed(bytes);
  }

  /** For making room. */
  all(): { size: Bytes; usedAt: number; drop(): void }[] {
    return [...this.kept].map(([name, { size, usedAt }]) => ({ size, usedAt, drop: () => this.kept.delete(name) }));
  }
}
