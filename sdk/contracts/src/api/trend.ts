import { z } from 'zod';

/** What trends are counted over, in the language of the search bar. */
const scope = {
  q: z.string().max(20_000).default(''),
  /** ISO 8601 or relative: `-7d`, `now`, `2026-11-20`. */
  from: z.string().max(100).default('-7d'),
  to: z.string().max(100).default('now'),
};

/** GET /api/v1/topcrashers */
export const TopCrasherParameters = z.strictObject({
  ...scope,
  /** `build`: crashes of builds made in the range (their ids begin with a date), reported since its beginning. */
  by: z.enum(['report', 'build']).default('report'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type TopCrasherParameters = z.input<typeof TopCrasherParameters>;

const Share = z.object({ term: z.string(), count: z.number() });

export const TopCrasher = z.object({
  rank: z.number(),
  /** In the range of equal length before; null when it was not among the first 1,000 then. */
  previousRank: z.number().nullable(),
  signature: z.string(),
  count: z.number(),
  /** Part of all crashes counted, 0 to 1. */
  share: z.number(),
  /** Null when nothing was collected then. */
  previousCount: z.number().nullable(),
  previousShare: z.number().nullable(),
  platforms: z.array(Share),
  processTypes: z.array(Share),
  /** Distinct installations, when reports carry one; else null. */
  installs: z.number().nullable(),
  /** Crashes while starting, and while collecting garbage. */
  startups: z.number(),
  garbageCollections: z.number(),
  /** ISO 8601, in any product; also of crashes that have expired, where they were written down. */
  firstSeen: z.string(),
  /**
   * The product it was seen in first, and the lowest version of it that has it. "" when that is not known, or when the
   * report of `firstSeen` came before what was written down.
   */
  firstProduct: z.string().default(''),
  firstVersion: z.string().default(''),
  /** Labels of tickets that people linked. */
  tickets: z.array(z.string()),
});
export type TopCrasher = z.output<typeof TopCrasher>;

export const TopCrasherList = z.object({
  crashers: z.array(TopCrasher),
  totalCrashes: z.number(),
  totalGroups: z.number(),
  /** Null when nothing was collected in the range before. */
  previousCrashes: z.number().nullable(),
  from: z.string(),
  to: z.string(),
  milliseconds: z.number(),
});
export type TopCrasherList = z.output<typeof TopCrasherList>;

/** GET /api/v1/topcrashers/compare: two versions, or any two values of a field, side by side. */
export const CompareParameters = z.strictObject({
  ...scope,
  field: z.string().max(100).default('version'),
  a: z.string().min(1).max(1_000),
  b: z.string().min(1).max(1_000),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type CompareParameters = z.input<typeof CompareParameters>;

const Side = z.object({
  /** 0 when it is not among the first `limit` there. */
  rank: z.number(),
  count: z.number(),
  share: z.number(),
});
export const Comparison = z.object({
  a: z.object({ value: z.string(), crashes: z.number() }),
  b: z.object({ value: z.string(), crashes: z.number() }),
  /** The largest difference of shares first. */
  rows: z.array(
    z.object({
      signature: z.string(),
      a: Side,
      b: Side,
      /** Which side alone has it at all; null when both have. */
      only: z.enum(['a', 'b']).nullable(),
    }),
  ),
});
export type Comparison = z.output<typeof Comparison>;

/** GET /api/v1/trends: crashes over time, one line for each of a field's most frequent values. */
export const TrendParameters = z.strictObject({
  ...scope,
  /** "" for one line of all. */
  field: z.string().max(100).default(''),
  size: z.coerce.number().int().min(1).max(50).default(8),
  interval: z.enum(['hour', 'day', 'week', 'month']).default('day'),
});
export type TrendParameters = z.input<typeof TrendParameters>;

export const Trend = z.object({
  /** Start of each step, ISO 8601. */
  steps: z.array(z.string()),
  /** Most crashes first; a null value counts those that don't say. */
  series: z.array(z.object({ value: z.string().nullable(), total: z.number(), counts: z.array(z.number()) })),
  /** Of the values that were cut off. */
  other: z.array(z.number()),
  total: z.number(),
  /** Releases of the products in scope within the range, oldest first. */
  releases: z.array(z.object({ product: z.string(), version: z.string(), channel: z.string(), date: z.string() })),
});
export type Trend = z.output<typeof Trend>;

/** GET /api/v1/correlations: what is more frequent in a group than in the rest of the scope. */
export const CorrelationParameters = z.strictObject({
  signature: z.string().max(20_000),
  ...scope,
  /** Crashes of the group that must have a value. */
  support: z.coerce.number().int().min(1).max(1_000_000).default(5),
  /** Smallest difference of the shares, 0 to 1. */
  difference: z.coerce.number().min(0).max(1).default(0.05),
  /** Expected part of false findings among those reported. */
  falseDiscoveries: z.coerce.number().min(0.000_001).max(0.5).default(0.01),
});
export type CorrelationParameters = z.input<typeof CorrelationParameters>;

export const Correlations = z.object({
  groupCrashes: z.number(),
  /** Crashes of the scope outside of the group: the reference set. */
  restCrashes: z.number(),
  /** Values that were tested; significance allows for so many tries. */
  tested: z.number(),
  /** The largest difference first. */
  findings: z.array(
    z.object({
      field: z.string(),
      title: z.string(),
      /** Null: the field is missing. */
      value: z.string().nullable(),
      inGroup: z.number(),
      inRest: z.number(),
      shareInGroup: z.number(),
      shareInRest: z.number(),
      /** Chance of as large a difference without a reason, one test alone. */
      p: z.number(),
      /** The same, with the number of tests allowed for (Benjamini-Hochberg). */
      q: z.number(),
    }),
  ),
  milliseconds: z.number(),
});
export type Correlations = z.output<typeof Correlations>;

/** GET /api/v1/groups/related: groups that may have the same cause. */
export const RelatedParameters = z.strictObject({ signature: z.string().max(20_000), ...scope });
export type RelatedParameters = z.input<typeof RelatedParameters>;

export const RelatedGroups = z.object({
  /** Alike by the functions in their signatures, most alike first. */
  similar: z.array(
    z.object({ signature: z.string(), count: z.number(), likeness: z.number(), shared: z.array(z.string()) }),
  ),
  /** People linked the same ticket to them. */
  byTicket: z.array(z.object({ signature: z.string(), tickets: z.array(z.string()) })),
});
export type RelatedGroups = z.output<typeof RelatedGroups>;
