import type { GroupTriage } from '@faultline/sdk/api';

/** What can be done with a group from its page: some at once, some with a word more. */
export interface GroupAction {
  id: string;
  title: string;
  /** What is asked for; absent when nothing is. */
  asks?: string;
  /** An empty answer means something too. */
  mayBeEmpty?: boolean;
  /** The body's `change`; null when the answer makes no sense. */
  change(answer: string): object | null;
}

export const groupActions: readonly GroupAction[] = [
  {
    id: 'resolve',
    title: 'Resolve',
    asks: 'in version (empty: the next)',
    mayBeEmpty: true,
    change: (version) => ({ do: 'resolve', in: version === '' ? null : { version } }),
  },
  { id: 'start', title: 'In progress', change: () => ({ do: 'start' }) },
  { id: 'open', title: 'Open', change: () => ({ do: 'open' }) },
  {
    id: 'mute',
    title: 'Mute',
    asks: 'until: 100 crashes, v2.1, 2027-01-31, or empty for good',
    mayBeEmpty: true,
    change: muteChange,
  },
  {
    id: 'assign',
    title: 'Assign',
    asks: 'to whom (empty: nobody)',
    mayBeEmpty: true,
    change: (to) => ({ do: 'assign', to }),
  },
  { id: 'tag', title: 'Tag', asks: 'tag (-tag takes it off)', change: tagChange },
  { id: 'note', title: 'Note', asks: 'what others should know', change: (text) => ({ do: 'note', text }) },
  { id: 'ticket', title: 'Link ticket', asks: 'address of the ticket', change: (url) => ({ do: 'link-ticket', url }) },
  { id: 'merge', title: 'Merge', asks: 'into which signature', change: (into) => ({ do: 'merge', into }) },
];

/** `100` or `100 crashes`, `v2.1` or `version 2.1`, a date; "" for ever. */
function muteChange(answer: string): object | null {
  if (answer === '') return { do: 'mute' };
  const count = /^(\d{1,9})(?: crash(?:es)?)?$/.exec(answer)?.[1];
  if (count !== undefined) return { do: 'mute', until: { count: Number(count) } };
  const version = /^(?:v|version )\s*(\S+)$/i.exec(answer)?.[1];
  if (version !== undefined) return { do: 'mute', until: { release: { version } } };
  const date = /^\d{4}-\d{2}-\d{2}$/.test(answer) ? Date.parse(answer) : NaN;
  return Number.isNaN(date) ? null : { do: 'mute', until: { date: new Date(date).toISOString() } };
}

function tagChange(answer: string): object {
  const words = answer.split(/[\s,]+/).filter(Boolean);
  const remove = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  return { do: 'tag', add: words.filter((word) => !word.startsWith('-')), remove };
}

/** The colour and word of a state; colour is never all. */
export const stateLooks: Readonly<Record<GroupTriage['state'], { word: string; colour: string }>> = {
  new: { word: 'untouched', colour: '' },
  open: { word: 'open', colour: '' },
  'in-progress': { word: 'in progress', colour: 'violet' },
  resolved: { word: 'resolved', colour: 'green' },
  muted: { word: 'muted', colour: '' },
  regressed: { word: 'regressed', colour: 'red' },
};

/** What there is to say of a state beside its word. */
export function stateDetail({ state, resolvedIn, mutedUntil, regression }: GroupTriage): string {
  if (state === 'resolved' && resolvedIn !== null) return `in ${resolvedIn.version}`;
  if (state === 'regressed' && regression !== null) return `in ${regression.version}`;
  if (state !== 'muted' || mutedUntil === null) return '';
  const { count, release, date, seen } = mutedUntil;
  const limits = [
    ...(count === null ? [] : [`${seen} of ${count} crashes`]),
    ...(release === null ? [] : [`until ${release.version}`]),
    ...(date === null ? [] : [`until ${date.slice(0, 10)}`]),
  ];
  return limits.length === 0 ? 'for good' : limits.join(', ');
}
