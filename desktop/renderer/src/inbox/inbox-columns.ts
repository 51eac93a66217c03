import type { TableColumn } from '../common/virtual-table.js';
import { t } from '../i18n/i18n.js';

interface InboxColumn extends Omit<TableColumn, 'title' | 'description'> {
  /** Keys of its words. */
  words: string;
  about?: string;
}

/** Of the inbox; the first two always stand, the others as the user likes. */
const columns: readonly InboxColumn[] = [
  { id: 'select', words: 'common.select.column', width: 40 },
  { id: 'signature', words: 'inbox.column.signature', width: 0, sort: { ascending: 'signature', first: 'ascending' } },
  { id: 'state', words: 'inbox.column.state', width: 88, from: 400 },
  { id: 'trend', words: 'inbox.column.trend', width: 112, from: 520 },
  {
    id: 'count',
    words: 'inbox.column.count',
    width: 72,
    isNumber: true,
    sort: { descending: 'count', first: 'descending' },
  },
  { id: 'share', words: 'inbox.column.share', about: 'inbox.column.shareAbout', width: 60, isNumber: true, from: 860 },
  {
    id: 'change',
    words: 'inbox.column.change',
    about: 'inbox.column.changeAbout',
    width: 92,
    isNumber: true,
    sort: { descending: 'change', first: 'descending' },
  },
  { id: 'installs', words: 'inbox.column.installs', width: 68, isNumber: true, from: 900 },
  { id: 'os', words: 'inbox.column.os', width: 64, from: 700 },
  { id: 'versions', words: 'inbox.column.versions', width: 148, from: 1000 },
  {
    id: 'seen',
    words: 'inbox.column.seen',
    width: 104,
    isNumber: true,
    from: 620,
    sort: { descending: 'last-seen', first: 'descending' },
  },
  {
    id: 'first',
    words: 'inbox.column.first',
    width: 104,
    isNumber: true,
    from: 480,
    sort: { descending: 'first-seen', first: 'descending' },
  },
  { id: 'assignee', words: 'inbox.column.assignee', width: 104, from: 800 },
  { id: 'tickets', words: 'inbox.column.tickets', width: 104, from: 820 },
  { id: 'tags', words: 'inbox.column.tags', width: 120, from: 840 },
];
const always = ['select', 'signature'];

export const usualInboxColumns = [
  'state',
  'trend',
  'count',
  'share',
  'change',
  'installs',
  'os',
  'versions',
  'seen',
  'assignee',
  'tickets',
];

/** For the menu: what can be shown and hidden. */
export function inboxColumnChoices(): { id: string; title: string; note: string }[] {
  return columns
    .filter(({ id }) => !always.includes(id))
    .map(({ id, words, about }) => ({ id, title: t(words), note: about === undefined ? '' : t(about) }));
}

/** Those that are wanted, in the table's own order; names that nobody knows are left out. */
export function inboxColumns(wanted: readonly string[]): TableColumn[] {
  return columns
    .filter(({ id }) => always.includes(id) || wanted.includes(id))
    .map(({ words, about, ...column }) => ({
      ...column,
      title: t(words),
      ...(about === undefined ? {} : { description: t(about) }),
    }));
}
