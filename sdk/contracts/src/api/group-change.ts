import { z } from 'zod';
import { GroupRelease, GroupTriage, MuteLimit } from './group-state.js';

/** Longest signature that a group is made of; ours have at most 255 characters. */
export const GroupSignature = z.string().min(1).max(2_000);

const tag = z.string().trim().min(1).max(60);
const link = z.url({ protocol: /^https?$/ }).max(2_000);

/** What can be done with a group, one thing at a time. */
export const GroupChange = z.discriminatedUnion('do', [
  /** Back to work: also ends a mute, a resolution, a regression. */
  z.strictObject({ do: z.literal('open') }),
  z.strictObject({ do: z.literal('start') }),
  /** Without `in`: regresses with any version later than those seen until now. */
  z.strictObject({ do: z.literal('resolve'), in: GroupRelease.nullable().default(null) }),
  z.strictObject({ do: z.literal('mute'), until: MuteLimit.default({ count: null, release: null, date: null }) }),
  /** "" takes the assignee away. */
  z.strictObject({ do: z.literal('assign'), to: z.string().trim().max(200) }),
  z.strictObject({
    do: z.literal('tag'),
    add: z.array(tag).max(20).default([]),
    remove: z.array(tag).max(50).default([]),
  }),
  z.strictObject({ do: z.literal('note'), text: z.string().trim().min(1).max(4_000) }),
  z.strictObject({ do: z.literal('remove-note'), note: z.string().max(100) }),
  z.strictObject({ do: z.literal('link-ticket'), url: link }),
  z.strictObject({ do: z.literal('unlink-ticket'), url: z.string().max(2_000) }),
  /** "" takes the title away. */
  z.strictObject({ do: z.literal('rename'), title: z.string().trim().max(200) }),
  /** The groups become part of that of `into`; their own state, notes and history are kept and come back at a split. */
  z.strictObject({ do: z.literal('merge'), into: GroupSignature }),
  /** These signatures leave the group and are groups of their own again. */
  z.strictObject({ do: z.literal('split'), signatures: z.array(GroupSignature).min(1).max(200) }),
  /** Other spellings of the group's signature, whether crashes have them already or not. */
  z.strictObject({ do: z.literal('alias'), signatures: z.array(GroupSignature).min(1).max(200) }),
]);
export type GroupChange = z.output<typeof GroupChange>;

/** POST /api/v1/groups/changes: one change, to one group or many. */
export const GroupChangeRequest = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        /** Any signature of the group. */
        signature: GroupSignature,
        /** As last seen: the change is refused when the group is at another. Absent: whatever it is at. */
        version: z.number().int().min(0).optional(),
      }),
    )
    .min(1)
    .max(1_000),
  change: GroupChange,
});
export type GroupChangeRequest = z.input<typeof GroupChangeRequest>;

/** One change, as the history keeps it. */
export const GroupHistoryEntry = z.object({
  /** The version of the group that it made. */
  version: z.number(),
  at: z.string(),
  /** Principal id; "" for what happened by itself. */
  actor: z.string(),
  actorName: z.string(),
  /** Stable word: `resolve`, `regress`, `merge`, `undo`. */
  what: z.string(),
  /** One line for people. */
  text: z.string(),
  /** Of what somebody asked for; "" else. */
  operation: z.string(),
});
export type GroupHistoryEntry = z.output<typeof GroupHistoryEntry>;

export const GroupOutcome = z.object({
  /** As asked for. */
  signature: z.string(),
  outcome: z.enum(['done', 'unchanged', 'conflict', 'refused']),
  /** The group as it is now. */
  triage: GroupTriage.nullable(),
  /** Why it was not done; of a conflict `other` is the change that came between. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  other: GroupHistoryEntry.nullable(),
});
export type GroupOutcome = z.output<typeof GroupOutcome>;

/** Answer to a change and to its undo. A conflict of a single group is answered with 409 instead. */
export const GroupChangeAnswer = z.object({
  /** For `POST /api/v1/groups/operations/:id/undo`; "" when nothing was changed. */
  operation: z.string(),
  outcomes: z.array(GroupOutcome),
});
export type GroupChangeAnswer = z.output<typeof GroupChangeAnswer>;

/** GET /api/v1/groups/triage?signature= : of any signature of the group. */
export const GroupNow = z.object({
  /** The group's own. */
  signature: z.string(),
  triage: GroupTriage,
  /** Null while nobody has touched it. */
  last: GroupHistoryEntry.nullable(),
});
export type GroupNow = z.output<typeof GroupNow>;

/** GET /api/v1/groups/history?signature= : newest first. */
export const GroupHistory = z.object({ entries: z.array(GroupHistoryEntry) });
export type GroupHistory = z.output<typeof GroupHistory>;

/** POST /api/v1/groups/visits: this caller looks at the groups now. */
export const GroupVisit = z.object({
  /** ISO 8601; "" at the first visit. */
  lastVisit: z.string(),
});
export type GroupVisit = z.output<typeof GroupVisit>;

/** GET /api/v1/groups/ticket?signature= : a new ticket, filled in by the product's template. */
export const TicketDraft = z.object({
  title: z.string(),
  body: z.string(),
  /** Addresses of trackers' forms with the draft in them: the product's own, else the configured one. */
  links: z.array(z.object({ label: z.string(), url: z.string() })),
});
export type TicketDraft = z.output<typeof TicketDraft>;
