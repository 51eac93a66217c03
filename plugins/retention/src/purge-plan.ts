import type { Bytes, KindUsage, StoredKind } from '@faultline/sdk';
import { daysOf, extremes, type RetentionRules } from './retention-rules.js';

/** One kind of one day that is to go. */
export interface PurgeStep {
  day: string;
  kind: StoredKind;
  reason: 'age' | 'size';
  /** Null: of all products, the whole file. */
  products: string[] | null;
  /** On disk, as far as it can be told before. */
  bytes: Bytes;
}

/** How much of a day's dumps each product has. */
export interface ProductShare {
  product: string;
  partBytes: Bytes;
}

export interface PlanInput {
  usage: readonly KindUsage[];
  rules: RetentionRules;
  /** UTC day, `yyyy-mm-dd`. */
  today: string;
  /** 0: no limit. */
  maxBytes: Bytes;
  /** Reads a day: asked only for days of which some products expire and others don't. */
  sharesOf(day: string): Promise<ProductShare[]>;
  /** Products that went from that kind of that day earlier: their crashes may be listed, their dumps are gone. */
  goneFrom(day: string, kind: StoredKind): Promise<readonly string[]>;
}

/** What retention would take away now, oldest first. */
export async function planPurge(input: PlanInput): Promise<PurgeStep[]> {
  const steps: PurgeStep[] = [];
  for (const [day, bytes] of bytesByDay(input.usage)) {
    const reports = await stepOf(input, { day, kind: 'reports', bytes: bytes.reports });
    // With a crash go its dumps.
    if (reports !== null)
      steps.push({ ...reports, bytes: reports.bytes + (reports.products === null ? bytes.dumps : 0) });
    if (reports !== null && reports.products === null) continue;
    const dumps = await stepOf(input, { day, kind: 'dumps', bytes: bytes.dumps });
    if (dumps !== null) steps.push(dumps);
  }
  return [...steps, ...stepsForSize(input, steps)];
}

/** Whole days from one to the other; negative when it lies ahead. */
function ageInDays(day: string, today: string): number {
  return Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000);
}

async function stepOf(
  { rules, today, sharesOf, goneFrom }: PlanInput,
  { day, kind, bytes }: { day: string; kind: StoredKind; bytes: Bytes },
): Promise<PurgeStep | null> {
  const age = ageInDays(day, today);
  const { least, most } = extremes(rules, kind);
  if (bytes === 0 || age <= least) return null;
  const step = { day, kind, reason: 'age' } as const;
  if (age > most) return { ...step, products: null, bytes };
  const shares = await sharesOf(day);
  const expired = shares.filter(({ product }) => age > daysOf(rules, product, kind));
  if (expired.length === shares.length && shares.length > 0) return { ...step, products: null, bytes };
  const gone = new Set(await goneFrom(day, kind));
  const left = expired.filter(({ product }) => !gone.has(product));
  if (left.length === 0) return null;
  const partBytes = left.reduce((sum, share) => sum + share.partBytes, 0);
  return { ...step, products: left.map(({ product }) => product).sort(), bytes: kind === 'dumps' ? partBytes : 0 };
}

/** Oldest days first, their dumps before their crashes; never today's or yesterday's, which are still coming in. */
function stepsForSize({ usage, today, maxBytes }: PlanInput, planned: readonly PurgeStep[]): PurgeStep[] {
  if (maxBytes === 0) return [];
  const isGone = (day: string, kind: StoredKind) =>
    planned.some(
      (step) => step.day === day && step.products === null && (step.kind === kind || step.kind === 'reports'),
    );
  const left = usage.filter(({ day, kind, bytes }) => bytes > 0 && !isGone(day, kind));
  let total = left.reduce((sum, { bytes }) => sum + bytes, 0);
  const steps: PurgeStep[] = [];
  for (const kind of ['dumps', 'reports'] as const) {
    for (const { day, bytes } of left.filter((each) => each.kind === kind && ageInDays(each.day, today) > 1)) {
      if (total <= maxBytes) return steps;
      steps.push({ day, kind, reason: 'size', products: null, bytes });
      total -= bytes;
    }
  }
  return steps;
}

function bytesByDay(usage: readonly KindUsage[]): Map<string, Record<StoredKind, Bytes>> {
  const days = new Map<string, Record<StoredKind, Bytes>>();
  for (const { day, kind, bytes } of usage) {
    const ofDay = days.get(day) ?? { dumps: 0, reports: 0 };
    ofDay[kind] += bytes;
    days.set(day, ofDay);
  }
  return days;
}
