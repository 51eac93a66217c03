import type { GroupChange } from '@faultline/sdk/api';

/** What can be done with groups, each by one key. Those with a form ask for a word more. */
export interface GroupAction {
  id: GroupChange['do'] | 'new-ticket' | 'undo';
  /** Key of its words. */
  title: string;
  key: string;
  /** Done at once. */
  change?: GroupChange;
  /** Only with one group. */
  isForOne?: boolean;
}

export const groupActions = [
  { id: 'resolve', title: 'triage.action.resolve', key: 'r' },
  { id: 'mute', title: 'triage.action.mute', key: 'm' },
  { id: 'assign', title: 'triage.action.assign', key: 'a' },
  { id: 'start', title: 'triage.action.start', key: 'i', change: { do: 'start' } },
  { id: 'open', title: 'triage.action.open', key: 'e', change: { do: 'open' } },
  { id: 'tag', title: 'triage.action.tag', key: 't' },
  { id: 'note', title: 'triage.action.note', key: 'n' },
  { id: 'link-ticket', title: 'triage.action.ticket', key: 'b' },
  { id: 'new-ticket', title: 'triage.action.newTicket', key: 'B', isForOne: true },
  { id: 'merge', title: 'triage.action.merge', key: 'M' },
  { id: 'split', title: 'triage.action.split', key: 'S', isForOne: true },
] as const satisfies readonly GroupAction[];

export type FormAction = Exclude<(typeof groupActions)[number], { change: GroupChange }>['id'];
