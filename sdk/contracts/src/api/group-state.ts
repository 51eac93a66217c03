import { z } from 'zod';

/**
 * What a person decided about a group, or what happened to it since: `new` nobody has looked at it; `regressed` was
 * resolved and came back in a later version.
 */
export const GroupStateName = z.enum(['new', 'open', 'in-progress', 'resolved', 'muted', 'regressed']);
export type GroupStateName = z.output<typeof GroupStateName>;

/** A version of a product; `product` "" means whichever product, `build` "" any build of the version. */
export const GroupRelease = z.object({
  product: z.string().max(200).default(''),
  version: z.string().min(1).max(200),
  build: z.string().max(200).default(''),
});
export type GroupRelease = z.output<typeof GroupRelease>;

/** When a muted group comes back by itself; all null: never. */
export const MuteLimit = z.object({
  /** So many more crashes. */
  count: z.number().int().min(1).max(1_000_000_000).nullable().default(null),
  /** A crash of this version or a later one. */
  release: GroupRelease.nullable().default(null),
  /** ISO 8601. */
  date: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type MuteLimit = z.output<typeof MuteLimit>;

/** A ticket elsewhere. */
export const GroupTicket = z.object({
  url: z.string(),
  /** What people call it: `bug 123`, `owner/repo#12`, `ABC-7`; the host and path when the address is of no known tracker. */
  label: z.string(),
});
export type GroupTicket = z.output<typeof GroupTicket>;

export const GroupNote = z.object({
  id: z.string(),
  at: z.string(),
  author: z.string(),
  authorName: z.string(),
  text: z.string(),
});
export type GroupNote = z.output<typeof GroupNote>;

/** First and last appearance in one product: each of date, version and build is an extreme of its own. */
export const GroupSighting = z.object({
  /** "" for reports that name none. */
  product: z.string(),
  firstDate: z.string(),
  lastDate: z.string(),
  firstVersion: z.string(),
  lastVersion: z.string(),
  firstBuild: z.string(),
  lastBuild: z.string(),
});
export type GroupSighting = z.output<typeof GroupSighting>;

/** What people made of a group. */
export const GroupTriage = z.object({
  /** Stable; made from the group's own signature. */
  id: z.string(),
  /** Grows by one with each change; 0 while nobody has touched the group. */
  version: z.number(),
  /** A name for people; "" while the signature is name enough. */
  title: z.string(),
  state: GroupStateName,
  /** ISO 8601; when the state began, "" for a new group. */
  since: z.string(),
  /** Of a resolved or regressed group: where the fix is; null when none was named. */
  resolvedIn: GroupRelease.nullable(),
  /** Of a muted one, with the crashes counted since. */
  mutedUntil: MuteLimit.extend({ seen: z.number() }).nullable(),
  /** Of a regressed one: the crash that showed it. */
  regression: GroupRelease.extend({ at: z.string(), crashId: z.string(), version: z.string() }).nullable(),
  /** A person or a team; "" for nobody. */
  assignee: z.string(),
  /** Whom the ownership rules name. */
  owners: z.array(z.string()),
  tags: z.array(z.string()),
  tickets: z.array(GroupTicket),
  /** How many. */
  notes: z.number(),
  /** Signatures that count as this group, beside its own. */
  merged: z.array(z.string()),
  /** What happened since the caller's last visit; "" for nothing. */
  sinceVisit: z.enum(['', 'new', 'regressed']),
});
export type GroupTriage = z.output<typeof GroupTriage>;

/** A group that nobody has touched. */
export const untouchedGroup: GroupTriage = {
  id: '',
  version: 0,
  title: '',
  state: 'new',
  since: '',
  resolvedIn: null,
  mutedUntil: null,
  regression: null,
  assignee: '',
  owners: [],
  tags: [],
  tickets: [],
  notes: 0,
  merged: [],
  sinceVisit: '',
};
