import type { TableColumn } from '../common/virtual-table.js';

export const inboxColumns: readonly TableColumn[] = [
  { id: 'signature', title: 'Signature', width: 0, sort: { ascending: 'signature', first: 'ascending' } },
  { id: 'trend', title: 'Trend', width: 104, from: 620 },
  {
    id: 'count',
    title: 'Crashes',
    width: 76,
    isNumber: true,
    sort: { descending: 'count', first: 'descending' },
  },
  { id: 'share', title: 'Share', width: 64, isNumber: true, from: 860, description: 'Part of all crashes in scope' },
  {
    id: 'change',
    title: 'Change',
    width: 84,
    isNumber: true,
    sort: { descending: 'change', first: 'descending' },
    description: 'Against the time of equal length before',
  },
  { id: 'installs', title: 'Installs', width: 72, isNumber: true, from: 940 },
  { id: 'os', title: 'OS', width: 64, from: 560 },
  { id: 'versions', title: 'Versions', width: 148, from: 1080 },
  {
    id: 'seen',
    title: 'Last seen',
    width: 100,
    isNumber: true,
    from: 480,
    sort: { descending: 'last-seen', first: 'descending' },
  },
];
