/** What is stored and what the next purge takes of it, put together day by day and kind by kind. */
type StoredKind = 'dumps' | 'reports';
const storedKinds = ['dumps', 'reports'] as const;

/** Answer of `plugins/retention/usage`. */
export interface StoredUsage {
  usage: { day: string; kind: StoredKind; bytes: number; purgedAt: string | null }[];
}

export interface PurgeStep {
  day: string;
  kind: StoredKind;
  reason: 'age' | 'size';
  /** Null: all products. */
  products: string[] | null;
  bytes: number;
}

/** Answer of `plugins/retention/plan`. */
export interface PurgePlan {
  bytes: number;
  steps: PurgeStep[];
}

export interface StoredDay {
  day: string;
  bytes: Record<StoredKind, number>;
  steps: PurgeStep[];
  /** When retention last took something of it; null for never. */
  purgedAt: string | null;
}

/** Days that hold something, or that the plan names; newest first. */
export function storedDays({ usage }: StoredUsage, plan: PurgePlan | null): StoredDay[] {
  const days = new Map<string, StoredDay>();
  const of = (day: string): StoredDay => {
    const known = days.get(day) ?? { day, bytes: { dumps: 0, reports: 0 }, steps: [], purgedAt: null };
    days.set(day, known);
    return known;
  };
  for (const { day, kind, bytes, purgedAt } of usage) {
    if (bytes === 0) continue;
    const one = of(day);
    one.bytes[kind] += bytes;
    if (purgedAt !== null && (one.purgedAt === null || purgedAt > one.purgedAt)) one.purgedAt = purgedAt;
  }
  for (const step of plan?.steps ?? []) of(step.day).steps.push(step);
  return [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1));
}

/** The newest days, and of those of which something goes the oldest: `few` of each, newest first. */
export function dayExcerpt(days: readonly StoredDay[], few: number): StoredDay[] {
  const due = new Set(days.filter(({ steps }) => steps.length > 0).slice(-few));
  return days.filter((day, at) => at < few || due.has(day));
}

interface KindTotal {
  kind: StoredKind;
  bytes: number;
  days: number;
  /** "" when there is none. */
  oldest: string;
  /** What the next purge frees; a step for whole crashes counts their dumps among them. */
  frees: number;
}

export function kindTotals(days: readonly StoredDay[]): KindTotal[] {
  return storedKinds.map((kind) => {
    const holding = days.filter(({ bytes }) => bytes[kind] > 0);
    const steps = days.flatMap((day) => day.steps).filter((step) => step.kind === kind);
    return {
      kind,
      bytes: holding.reduce((sum, { bytes }) => sum + bytes[kind], 0),
      days: holding.length,
      oldest: holding.at(-1)?.day ?? '',
      frees: steps.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}
