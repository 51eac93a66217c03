import type { ExpressionList, ListEntry } from '../lists/expression-list.js';

/** A name, and what the lists say of it: asked once, kept with the name. */
export class KnownName {
  private irrelevant: ListEntry | null | undefined;
  private prefix: ListEntry | null | undefined;
  private sentinel: ListEntry | null | undefined;

  constructor(readonly name: string) {}

  irrelevantIn(list: ExpressionList): ListEntry | null {
    if (this.irrelevant === undefined) this.irrelevant = list.match(this.name);
    return this.irrelevant;
  }

  prefixIn(list: ExpressionList): ListEntry | null {
    if (this.prefix === undefined) this.prefix = list.match(this.name);
    return this.prefix;
  }

  sentinelIn(sentinels: ReadonlyMap<string, ListEntry>): ListEntry | null {
    if (this.sentinel === undefined) this.sentinel = sentinels.get(this.name) ?? null;
    return this.sentinel;
  }
}
