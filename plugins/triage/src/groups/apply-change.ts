import type { UnixMillis } from '@faultline/sdk';
import type { GroupChange, GroupRelease, MuteLimit } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import type { GroupRecord, LatestSeen } from './group-record.js';
import { ticketLabel } from './ticket-label.js';

const mostTags = 50;
const mostTickets = 50;
const mostNotes = 200;
const mostMembers = 1_000;

export interface ChangeContext {
  now: UnixMillis;
  actor: { id: string; name: string };
  /** For the ids of notes; unique. */
  operation: string;
  /** Where the group was seen last, by product. */
  latest: LatestSeen;
}

/** A change to the group itself; `merge` and `alias` come as the signatures that are taken in. */
export type OwnChange =
  Exclude<GroupChange, { do: 'merge' | 'alias' }> | { do: 'merge' | 'alias'; signatures: string[] };

/**
 * The group after the change, and a line for its history; null when it changes nothing.
 * @throws Malformed GROUP_FULL, NotFound NOTE_UNKNOWN, NotFound GROUP_MEMBER_UNKNOWN
 */
export function applyChange(
  record: GroupRecord,
  change: OwnChange,
  context: ChangeContext,
): { record: GroupRecord; text: string } | null {
  switch (change.do) {
    case 'open':
      return record.state === 'open' ? null : { record: inState(record, 'open', context), text: 'opened' };
    case 'start':
      if (record.state === 'in-progress') return null;
      return { record: inState(record, 'in-progress', context), text: 'in progress' };
    case 'resolve': {
      const resolved = inState(record, 'resolved', context);
      const where = change.in === null ? '' : ` in ${releaseText(change.in)}`;
      return {
        record: { ...resolved, resolvedIn: change.in, resolvedAfter: change.in === null ? context.latest : null },
        text: `resolved${where}`,
      };
    }
    case 'mute': {
      const muted = inState(record, 'muted', context);
      return {
        record: { ...muted, muted: { until: change.until, seen: 0, recent: [] } },
        text: `muted ${limitText(change.until)}`,
      };
    }
    case 'assign':
      if (record.assignee === change.to) return null;
      return {
        record: { ...record, assignee: change.to },
        text: change.to === '' ? 'assigned to nobody' : `assigned to ${change.to}`,
      };
    case 'tag': {
      const kept = record.tags.filter((tag) => !change.remove.includes(tag));
      const tags = [...kept, ...change.add.filter((tag) => !kept.includes(tag))];
      if (tags.join('\n') === record.tags.join('\n')) return null;
      full(tags.length, mostTags, 'tags');
      const words = [...change.add.map((tag) => `+${tag}`), ...change.remove.map((tag) => `-${tag}`)];
      return { record: { ...record, tags: [...new Set(tags)] }, text: `tags ${words.join(' ')}` };
    }
    case 'note': {
      full(record.notes.length + 1, mostNotes, 'notes');
      const note = {
        id: context.operation,
        at: new Date(context.now).toISOString(),
        author: context.actor.id,
        authorName: context.actor.name,
        text: change.text,
      };
      return { record: { ...record, notes: [...record.notes, note] }, text: 'note added' };
    }
    case 'remove-note': {
      const notes = record.notes.filter(({ id }) => id !== change.note);
      if (notes.length < record.notes.length) return { record: { ...record, notes }, text: 'note removed' };
      throw new FaultlineError('NotFound', 'NOTE_UNKNOWN', 'The group has no such note.');
    }
    case 'link-ticket': {
      if (record.tickets.some(({ url }) => url === change.url)) return null;
      full(record.tickets.length + 1, mostTickets, 'tickets');
      const ticket = { url: change.url, label: ticketLabel(change.url) };
      return { record: { ...record, tickets: [...record.tickets, ticket] }, text: `ticket ${ticket.label}` };
    }
    case 'unlink-ticket': {
      const tickets = record.tickets.filter(({ url }) => url !== change.url);
      if (tickets.length === record.tickets.length) return null;
      return { record: { ...record, tickets }, text: 'ticket taken off' };
    }
    case 'rename':
      if (record.title === change.title) return null;
      return {
        record: { ...record, title: change.title },
        text: change.title === '' ? 'title taken off' : `called “${change.title}”`,
      };
    case 'merge':
    case 'alias':
      return withMembers(record, change, context);
    case 'split':
      return withoutMembers(record, change.signatures);
  }
}

function inState(record: GroupRecord, state: GroupRecord['state'], { now }: ChangeContext): GroupRecord {
  return { ...record, state, since: now, resolvedIn: null, resolvedAfter: null, muted: null, regression: null };
}

function withMembers(
  record: GroupRecord,
  { do: what, signatures }: { do: 'merge' | 'alias'; signatures: string[] },
  { now }: ChangeContext,
): { record: GroupRecord; text: string } | null {
  const known = new Set([record.signature, ...record.members.map(({ signature }) => signature)]);
  const added = [...new Set(signatures)].filter((signature) => !known.has(signature));
  if (added.length === 0) return null;
  full(record.members.length + added.length, mostMembers, 'signatures');
  const members = [...record.members, ...added.map((signature) => ({ signature, since: now }))];
  const verb = what === 'merge' ? 'merged with' : 'also known as';
  const text = added.length === 1 ? `${verb} ${added[0]}` : `${verb} ${added.length} signatures`;
  return { record: { ...record, members }, text };
}

function withoutMembers(record: GroupRecord, signatures: readonly string[]): { record: GroupRecord; text: string } {
  const unknown = signatures.find((signature) => !record.members.some((member) => member.signature === signature));
  if (unknown !== undefined) {
    throw new FaultlineError('NotFound', 'GROUP_MEMBER_UNKNOWN', `"${unknown}" was not merged into this group.`, {
      hint: "A group's own signature can't be split off; split the others.",
    });
  }
  const members = record.members.filter(({ signature }) => !signatures.includes(signature));
  const text = signatures.length === 1 ? `split off ${signatures[0]}` : `split off ${signatures.length} signatures`;
  return { record: { ...record, members }, text };
}

function full(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw new FaultlineError('TooLarge', 'GROUP_FULL', `A group holds at most ${limit} ${what}.`);
}

function releaseText({ product, version, build }: GroupRelease): string {
  return [product, version, build === '' ? '' : `(${build})`].filter((part) => part !== '').join(' ');
}

function limitText({ count, release, date }: MuteLimit): string {
  const limits = [
    ...(count === null ? [] : [`${count} more crashes`]),
    ...(release === null ? [] : [`version ${releaseText(release)}`]),
    ...(date === null ? [] : [date]),
  ];
  return limits.length === 0 ? 'for good' : `until ${limits.join(' or ')}`;
}
