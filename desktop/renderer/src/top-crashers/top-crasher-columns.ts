import { t } from '../i18n/i18n.js';
import type { TableColumn } from '../common/virtual-table.js';

export const topCrasherColumns = (): readonly TableColumn[] => [
  {
    id: 'rank',
    title: t('topCrashers.topCrasherColumns.rank'),
    width: 116,
    description: t('topCrashers.topCrasherColumns.placeByCrashesAnd'),
  },
  { id: 'signature', title: t('topCrashers.topCrasherColumns.signature'), width: 0 },
  { id: 'count', title: t('topCrashers.topCrasherColumns.crashes'), width: 84, isNumber: true },
  {
    id: 'share',
    title: t('topCrashers.topCrasherColumns.share'),
    width: 76,
    isNumber: true,
    description: t('topCrashers.topCrasherColumns.partOfAllCrashes'),
  },
  {
    id: 'change',
    title: t('topCrashers.topCrasherColumns.change'),
    width: 88,
    isNumber: true,
    description: t('topCrashers.topCrasherColumns.crashesAgainstTheTime'),
  },
  { id: 'os', title: 'OS', width: 64, from: 620 },
  { id: 'process', title: t('topCrashers.topCrasherColumns.process'), width: 64, from: 780 },
  { id: 'installs', title: t('topCrashers.topCrasherColumns.installs'), width: 76, isNumber: true, from: 860 },
  {
    id: 'startups',
    title: t('topCrashers.topCrasherColumns.startup'),
    width: 76,
    isNumber: true,
    from: 1000,
    description: t('topCrashers.topCrasherColumns.crashesWhileStarting'),
  },
  { id: 'first', title: t('topCrashers.topCrasherColumns.firstSeen'), width: 176, isNumber: true, from: 700 },
  { id: 'tickets', title: t('topCrashers.topCrasherColumns.tickets'), width: 110, from: 1080 },
];

export const comparisonColumns = (): readonly TableColumn[] => [
  { id: 'signature', title: t('topCrashers.topCrasherColumns.signature'), width: 0 },
  { id: 'a', title: 'A', width: 170, isNumber: true },
  { id: 'b', title: 'B', width: 170, isNumber: true },
  {
    id: 'difference',
    title: t('topCrashers.topCrasherColumns.difference'),
    width: 110,
    isNumber: true,
    description: t('topCrashers.topCrasherColumns.ofTheSharesB'),
  },
  { id: 'only', title: '', width: 96, from: 700 },
];
