import type { Group } from '@faultline/sdk/api';
import { csvText } from '../reading/csv-text.js';
import { visibleWhole } from '../reading/visible-text.js';

/** Words of the columns, in the language of who copies. */
export interface HandOverWords {
  group: string;
  crashes: string;
  state: string;
  assignee: string;
  tickets: string;
  versions: string;
  firstSeen: string;
}

export interface HandOver {
  groups: readonly Group[];
  words: HandOverWords;
  /** Absolute address of a group's page. */
  link(signature: string): string;
  state(group: Group): string;
}

/** A list to paste into a chat or a ticket, one line a group. */
export function groupsAsMarkdown({ groups, words, link, state }: HandOver): string {
  const lines = groups.map((group) => {
    const { assignee, tickets } = group.triage;
    const facts = [
      `${group.count} ${words.crashes}`,
      versionsOf(group),
      state(group),
      assignee === '' ? '' : `${words.assignee}: ${markdown(assignee)}`,
      ...tickets.map((ticket) => `[${markdown(ticket.label)}](${ticket.url.replaceAll(')', '%29')})`),
    ].filter((fact) => fact !== '');
    return `- [\`${visibleWhole(group.signature).replaceAll('`', "'")}\`](${link(group.signature)}): ${facts.join(', ')}`;
  });
  return `${lines.join('\n')}\n`;
}

/** For spreadsheets, with a line of titles. */
export function groupsAsCsv({ groups, words, link, state }: HandOver): string {
  const titles = [
    words.group,
    words.crashes,
    words.state,
    words.assignee,
    words.tickets,
    words.versions,
    words.firstSeen,
    'URL',
  ];
  const rows = groups.map((group) => [
    group.signature,
    String(group.count),
    state(group),
    group.triage.assignee,
    group.triage.tickets.map((ticket) => ticket.url).join(' '),
    versionsOf(group),
    group.firstSeen,
    link(group.signature),
  ]);
  return csvText([titles, ...rows]);
}

function versionsOf({ firstVersion, lastVersion }: Group): string {
  return firstVersion === lastVersion || firstVersion === '' ? lastVersion : `${firstVersion} – ${lastVersion}`;
}

function markdown(text: string): string {
  return visibleWhole(text).replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
