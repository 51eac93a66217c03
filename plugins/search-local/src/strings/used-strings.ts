import type { Turns } from '../query/turns.js';
import type { Segment } from '../segments/segment.js';

/** Which codes of each string table stand in some row. */
export class UsedStrings {
  private readonly byField = new Map<string, Uint8Array>();

  /** Undefined for a field that no segment has texts of. */
  of(field: string): Uint8Array | undefined {
    return this.byField.get(field);
  }

  async addAll(segment: Segment, turns: Turns): Promise<void> {
    for (const name of segment.names) {
      const column = segment.read(name);
      if (column?.kind !== 'codes' && column?.kind !== 'lists') continue;
      const { codes } = column;
      let used = this.byField.get(name) ?? new Uint8Array(256);
      for (const code of codes) {
        if (code >= used.length) used = grown(used, code);
        used[code] = 1;
      }
      this.byField.set(name, used);
      await turns.next();
    }
  }
}

function grown(used: Uint8Array, code: number): Uint8Array {
  const larger = new Uint8Array(Math.max(code + 1, used.length * 2));
  larger.set(used);
  return larger;
}
