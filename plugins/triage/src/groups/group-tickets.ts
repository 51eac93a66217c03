import type { TicketLink, TicketLinks } from '@faultline/sdk';
import type { GroupMap } from './group-map.js';
import type { GroupRecord } from './group-record.js';
import type { GroupStore } from './group-store.js';

/**
 * Tickets that people linked to groups, for whoever asks by signature or ticket. A group's tickets, and those of what
 * was merged into it, are about each of its signatures: who asks knows signatures only.
 */
export class GroupTickets implements TicketLinks {
  constructor(private readonly groups: Pick<GroupStore, 'all'>) {}

  async bySignature(signatures: readonly string[]): Promise<TicketLink[]> {
    const { map } = await this.groups.all();
    return [...new Set(signatures)].flatMap((signature) =>
      ticketsOf(map, map.groupOf(signature)).map((ticket) => ({ ticket, signature })),
    );
  }

  async byTicket(tickets: readonly string[]): Promise<TicketLink[]> {
    const { map } = await this.groups.all();
    const wanted = new Set(tickets);
    return map.groups().flatMap((group) =>
      ticketsOf(map, group)
        .filter((ticket) => wanted.has(ticket))
        .flatMap((ticket) => map.signaturesOf(group).map((signature) => ({ ticket, signature }))),
    );
  }
}

/** The bare number where a tracker has one series of them (`bug 12`, `#12`); else the label (`owner/repo#12`, `ABC-7`). */
function ticketsOf(map: GroupMap, group: GroupRecord): string[] {
  const labels = map.recordsOf(group).flatMap(({ tickets }) => tickets.map(({ label }) => label));
  return [...new Set(labels.map((label) => /^(?:bug |#)([\w-]+)$/.exec(label)?.[1] ?? label))];
}
