import { createHash } from 'node:crypto';
import type { CrashId, UnixMillis } from '@faultline/sdk';
import type { GroupNote, GroupRelease, GroupStateName, GroupTicket, MuteLimit } from '@faultline/sdk/api';

/** A signature that counts as the group's. */
export interface GroupMember {
  signature: string;
  /** Earlier claims on one signature win over later ones. */
  since: UnixMillis;
}

/** Latest appearance by product, at the time of a resolution that names no version. */
export type LatestSeen = Record<string, { version: string; build: string }>;

/** What people made of a group. A group that nobody has touched has none. */
export interface GroupRecord {
  id: string;
  /** The group's own, that `id` is made from. */
  signature: string;
  title: string;
  members: GroupMember[];
  state: GroupStateName;
  /** When the state began. */
  since: UnixMillis;
  resolvedIn: GroupRelease | null;
  resolvedAfter: LatestSeen | null;
  muted: {
    until: MuteLimit;
    seen: number;
    /** Newest crashes counted: a sink may be told twice. */ recent: CrashId[];
  } | null;
  regression: (GroupRelease & { at: UnixMillis; crashId: CrashId }) | null;
  assignee: string;
  tags: string[];
  tickets: GroupTicket[];
  notes: GroupNote[];
}

/** Stable, and short enough for a key of the state store. */
export function groupId(signature: string): string {
  return createHash('sha256').update(signature).digest('hex').slice(0, 32);
}

/** A group as it is before anybody touched it. */
export function newRecord(signature: string): GroupRecord {
  return {
    id: groupId(signature),
    signature,
    title: '',
    members: [],
    state: 'new',
    since: 0,
    resolvedIn: null,
    resolvedAfter: null,
    muted: null,
    regression: null,
    assignee: '',
    tags: [],
    tickets: [],
    notes: [],
  };
}

/** A mute whose date has passed is over, whether somebody has written that down or not. */
export function asOf(record: GroupRecord, now: UnixMillis): GroupRecord {
  const date = record.state === 'muted' ? (record.muted?.until.date ?? null) : null;
  if (date === null || Date.parse(date) > now) return record;
  return { ...record, state: 'open', since: Date.parse(date), muted: null };
}
