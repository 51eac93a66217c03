import type { UnixMillis } from '@faultline/sdk';
import { GroupStateName } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { asOf, type GroupRecord } from './groups/group-record.js';

/** Which groups are wanted, by what people made of them. */
export interface GroupWish {
  /** Empty for all. */
  states: readonly GroupStateName[];
  /** "" for all, `-` for groups without one. */
  assignee: string;
  tag: string;
  since: '' | 'visit';
}

const unresolved: readonly GroupStateName[] = ['new', 'open', 'in-progress', 'regressed'];

/** @throws Malformed GROUP_STATE_UNKNOWN */
export function statesOf(text: string): GroupStateName[] {
  const words = text.split(',').map((word) => word.trim());
  return words
    .filter((word) => word !== '')
    .flatMap((word) => {
      if (word === 'unresolved') return unresolved;
      const state = GroupStateName.safeParse(word);
      if (state.success) return state.data;
      throw new FaultlineError('Malformed', 'GROUP_STATE_UNKNOWN', `"${word.slice(0, 40)}" is no state of a group.`, {
        hint: `States: unresolved, ${GroupStateName.options.join(', ')}.`,
      });
    });
}

export function isWanted(
  group: GroupRecord,
  { states, assignee, tag, since }: GroupWish,
  facts: { now: UnixMillis; lastVisit: UnixMillis | null; firstSeen: string },
): boolean {
  const record = asOf(group, facts.now);
  if (states.length > 0 && !states.includes(record.state)) return false;
  if (assignee === '-' ? record.assignee !== '' : assignee !== '' && record.assignee !== assignee) return false;
  if (tag !== '' && !record.tags.includes(tag)) return false;
  if (since !== 'visit' || facts.lastVisit === null) return true;
  const isNew = facts.firstSeen !== '' && Date.parse(facts.firstSeen) > facts.lastVisit;
  return isNew || (record.state === 'regressed' && record.since > facts.lastVisit);
}
