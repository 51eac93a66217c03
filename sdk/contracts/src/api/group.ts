import { z } from 'zod';
import { GroupNote, GroupSighting, GroupTriage, untouchedGroup } from './group-state.js';

/** GET /api/v1/groups */
export const GroupParameters = z.strictObject({
  /** The scope, in the language of the search bar. */
  q: z.string().max(20_000).default(''),
  /** ISO 8601 or relative: `-14d`, `now`, `2026-11-20`. */
  from: z.string().max(100).default('-14d'),
  to: z.string().max(100).default('now'),
  /** Most first, newest first, A first; `change` is the growth against the range of equal length before. */
  sort: z.enum(['count', 'last-seen', 'first-seen', 'signature', 'change']).default('count'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** States joined by commas; `unresolved` stands for new, open, in-progress and regressed. "" for all. */
  state: z.string().max(200).default(''),
  /** "" for all, `-` for groups without one. */
  assignee: z.string().max(200).default(''),
  tag: z.string().max(60).default(''),
  /** `visit`: only what is new or regressed since the caller's last visit. */
  since: z.enum(['', 'visit']).default(''),
});
export type GroupParameters = z.input<typeof GroupParameters>;

const Share = z.object({ term: z.string(), count: z.number() });

/** What a person triages: a signature and what was merged into it. */
export const Group = z.object({
  signature: z.string(),
  count: z.number(),
  /** Part of all crashes in scope, 0 to 1. */
  share: z.number(),
  /** Crashes in the range of equal length before; null when nothing was collected then. */
  previousCount: z.number().nullable(),
  /** First seen within the range, in this scope. */
  isNew: z.boolean(),
  /** First ever in this scope, and last within the range ("" when not seen in it). */
  firstSeen: z.string(),
  lastSeen: z.string(),
  /** Earliest and latest version within the range; "" when reports name none. */
  firstVersion: z.string(),
  lastVersion: z.string(),
  /** By `os_name`, most first; so are `products`. */
  platforms: z.array(Share),
  products: z.array(Share),
  /** Distinct installations, when reports carry an installation id; else null. */
  installs: z.number().nullable(),
  /** Crashes by step of the range, oldest first; equally long for all groups of an answer. */
  spark: z.array(z.number()),
  /** Untouched in answers of servers that know no triage. */
  triage: GroupTriage.default(untouchedGroup),
});
export type Group = z.output<typeof Group>;

export const GroupList = z.object({
  groups: z.array(Group),
  totalGroups: z.number(),
  totalCrashes: z.number(),
  from: z.string(),
  to: z.string(),
  /** Start of each spark step. */
  steps: z.array(z.string()),
  milliseconds: z.number(),
});
export type GroupList = z.output<typeof GroupList>;

/** GET /api/v1/groups/detail */
export const GroupDetailParameters = z.strictObject({
  signature: z.string().max(20_000),
  /** As of the groups. */
  q: z.string().max(20_000).default(''),
  from: z.string().max(100).default('-14d'),
  to: z.string().max(100).default('now'),
});
export type GroupDetailParameters = z.input<typeof GroupDetailParameters>;

/** GET /api/v1/groups/detail?signature=&q=&from=&to= : one group's summary and newest reports. */
export const GroupDetail = z.object({
  group: Group,
  /** Values by count; the term "" stands for reports that don't say. */
  breakdowns: z.array(z.object({ field: z.string(), title: z.string(), buckets: z.array(Share) })),
  newest: z.array(z.record(z.string(), z.unknown())),
  /** Top frames of the newest report that has some: `module!function`. */
  topFrames: z.array(z.object({ function: z.string(), module: z.string(), file: z.string(), trust: z.string() })),
  /** Ever, by product; also of crashes that have expired. */
  sightings: z.array(GroupSighting).default([]),
  /** Oldest first. */
  notes: z.array(GroupNote).default([]),
});
export type GroupDetail = z.output<typeof GroupDetail>;
