import type { Group, GroupParameters } from '@faultline/sdk/api';

/** What a person looks through: each view is a link, the first is what the inbox opens with. */
export const inboxViews = [
  { id: '', title: 'inbox.view.unresolved' },
  { id: 'fresh', title: 'inbox.view.fresh' },
  { id: 'visit', title: 'inbox.view.visit' },
  { id: 'regressed', title: 'inbox.view.regressed' },
  { id: 'mine', title: 'inbox.view.mine' },
  { id: 'muted', title: 'inbox.view.muted' },
  { id: 'resolved', title: 'inbox.view.resolved' },
  { id: 'all', title: 'inbox.view.all' },
] as const;
export type InboxView = (typeof inboxViews)[number]['id'];

export function inboxView(text: string): InboxView {
  return inboxViews.find(({ id }) => id === text)?.id ?? '';
}

const day = 86_400_000;

/** What a view asks the server for. @param me as groups are assigned; "" for who has no name here */
export function viewParameters(view: InboxView, me: string): Partial<GroupParameters> {
  switch (view) {
    case '':
      return { state: 'unresolved' };
    case 'fresh':
      return { state: 'unresolved', sort: 'first-seen' };
    case 'visit':
      return { since: 'visit' };
    case 'mine':
      return { assignee: me === '' ? '-' : me };
    case 'all':
      return {};
    default:
      return { state: view };
  }
}

/** Of what the server gave, what belongs to the view: "new since yesterday" is cut here. */
export function inView(view: InboxView, groups: readonly Group[], now: number): readonly Group[] {
  if (view !== 'fresh') return groups;
  return groups.filter(({ firstSeen }) => Date.parse(firstSeen) > now - day);
}
