import type { Bytes } from '@faultline/sdk';

/** Columns read from segment files, the least recently used dropped first when they take more than `limit`. */
export class ColumnCache<T> {
  private readonly kept = new Map<string, { value: T; size: Bytes }>();
  private used: Bytes = 0;

  constructor(private readonly limit: Bytes) {}

  get size(): Bytes {
    return this.used;
  }

  get(key: string): T | undefined {
    const entry = this.kept.get(key);
    if (entry === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, size: Bytes): void {
    this.delete(key);
    this.kept.set(key, { value, size });
    this.used += size;
    for (const [oldest, entry] of this.kept) {
      if (this.used <= this.limit) break;
      this.kept.delete(oldest);
      this.used -= entry.size;
    }
  }

  delete(key: string): void {
    this.used -= this.kept.get(key)?.size ?? 0;
    this.kept.delete(key);
  }
}
