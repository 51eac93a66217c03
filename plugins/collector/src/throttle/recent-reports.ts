import type { FieldDictionary, JsonValue, ReportIdentity } from '@faultline/sdk';

/** What throttle rules may look at, of one post. */
export interface RecentReport {
  annotations: Record<string, JsonValue>;
  identity: ReportIdentity;
  /** What a rule that samples drew for it, in [0, 1): the same draw for every set of rules. */
  chance: number;
}

/** Characters that all kept annotations may have together, and those of one post. */
const totalLimit = 8 * 1024 * 1024;
const reportLimit = 64 * 1024;

/**
 * The last posts, rejected ones too, in memory only and without protected annotations: what a changed set of rules is
 * tried on. Posts with more than 64 KB of annotations are passed over.
 */
export class RecentReports {
  readonly #kept: { report: RecentReport; size: number }[] = [];
  #size = 0;
  #visible: { hash: string; names: Set<string> } | null = null;

  constructor(
    private readonly limit: number,
    private readonly fields: Pick<FieldDictionary, 'all' | 'hash'>,
  ) {}

  add(report: RecentReport): void {
    if (this.limit === 0) return;
    const annotations: Record<string, JsonValue> = {};
    let size = 0;
    const visible = this.#publicAnnotations();
    for (const [name, value] of Object.entries(report.annotations)) {
      if (!visible.has(name)) continue;
      annotations[name] = value;
      size += name.length + (typeof value === 'string' ? value.length : JSON.stringify(value).length);
    }
    if (size > reportLimit) return;
    this.#kept.push({ report: { ...report, annotations }, size });
    this.#size += size;
    while (this.#kept.length > this.limit || this.#size > totalLimit) this.#size -= this.#kept.shift()?.size ?? 0;
  }

  all(): RecentReport[] {
    return this.#kept.map(({ report }) => report);
  }

  /** Whether rules can be tried on this annotation. */
  keeps(annotation: string): boolean {
    return this.#publicAnnotations().has(annotation);
  }

  #publicAnnotations(): Set<string> {
    const hash = this.fields.hash();
    if (this.#visible?.hash !== hash) {
      const open = this.fields.all().filter(({ permission }) => permission === 'public');
      this.#visible = { hash, names: new Set(open.flatMap(({ annotation }) => annotation ?? [])) };
    }
    return this.#visible.names;
  }
}
