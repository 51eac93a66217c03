import { subjects, type Bus } from '@faultline/sdk';
import type { GroupState } from './group-store.js';

/** Data of `group.changed`. */
export interface GroupChangedEvent {
  group: string;
  signature: string;
  version: number;
  what: string;
  /** Name of who did it; "" for what happened by itself. */
  actor: string;
}

/** Tells whoever listens that a group is not what it was. */
export class GroupAnnouncer {
  constructor(private readonly bus: Bus) {}

  changed({ record, version, last }: GroupState, what: string): void {
    const event: GroupChangedEvent = {
      group: record.id,
      signature: record.signature,
      version,
      what,
      actor: last?.actorName ?? '',
    };
    this.bus.emit(subjects.groupChanged, event);
  }
}
