import type { TableColumn } from '../common/virtual-table.js';

export const topCrasherColumns: readonly TableColumn[] = [
  { id: 'rank', title: 'Rank', width: 116, description: 'Place by crashes, and how it moved' },
  { id: 'signature', title: 'Signature', width: 0 },
  { id: 'count', title: 'Crashes', width: 84, isNumber: true },
  { id: 'share', title: 'Share', width: 76, isNumber: true, description: 'Part of all crashes counted' },
  {
    id: 'change',
    title: 'Change',
    width: 88,
    isNumber: true,
    description: 'Crashes against the time of equal length before',
  },
  { id: 'os', title: 'OS', width: 64, from: 620 },
  { id: 'process', title: 'Process', width: 64, from: 780 },
  { id: 'installs', title: 'Installs', width: 76, isNumber: true, from: 860 },
  { id: 'startups', title: 'Startup', width: 76, isNumber: true, from: 1000, description: 'Crashes while starting' },
  { id: 'first', title: 'First seen', width: 104, isNumber: true, from: 700 },
  { id: 'tickets', title: 'Tickets', width: 110, from: 1080 },
];

export const comparisonColumns: readonly TableColumn[] = [
  { id: 'signature', title: 'Signature', width: 0 },
  { id: 'a', title: 'A', width: 170, isNumber: true },
  { id: 'b', title: 'B', width: 170, isNumber: true },
  { id: 'difference', title: 'Difference', width: 110, isNumber: true, description: 'Of the shares: B less A' },
  { id: 'only', title: '', width: 96, from: 700 },
];
