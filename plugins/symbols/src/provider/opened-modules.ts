import type { ModuleSymbols } from '@faultline/sdk/module-symbols';
import type { SymbolIndexReader } from '@faultline/symbols';

/** More than this many are kept only while a walk may still use them. */
const idleLimit = 64;
/** Longer than a walk may last. */
const inUseMilliseconds = 5 * 60_000;
/** Open files of one process are few; a dump with more modules loses the symbols of its first ones. */
const hardLimit = 512;

/** Modules that are open, for the next dump that has them. The one used longest ago is closed first. */
export class OpenedModules {
  private readonly entries = new Map<string, { reader: SymbolIndexReader; usedAt: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  get(key: string): SymbolIndexReader | null {
    const entry = this.entries.get(key);
    if (entry === undefined) return null;
    this.entries.delete(key);
    this.entries.set(key, { reader: entry.reader, usedAt: this.now() });
    return entry.reader;
  }

  add(key: string, reader: SymbolIndexReader): void {
    this.entries.set(key, { reader, usedAt: this.now() });
    for (const [oldKey, old] of this.entries) {
      const isIdle = this.now() - old.usedAt > inUseMilliseconds;
      const mustGo = this.entries.size > hardLimit || (this.entries.size > idleLimit && isIdle);
      if (!mustGo) break;
      this.entries.delete(oldKey);
      void old.reader.close();
    }
  }

  /** Closes one that failed, so that the next dump opens it anew. */
  async drop(failed: ModuleSymbols): Promise<void> {
    for (const [key, { reader }] of this.entries) {
      if (reader !== failed) continue;
      this.entries.delete(key);
      await reader.close();
    }
  }

  async closeAll(): Promise<void> {
    const readers = [...this.entries.values()].map((entry) => entry.reader);
    this.entries.clear();
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
