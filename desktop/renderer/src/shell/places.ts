import {
  Activity,
  CircleQuestionMark,
  FileCode2,
  FileSearch,
  Inbox,
  List,
  Search,
  Settings,
  TrendingUp,
  UserRound,
} from '@lucide/vue';
import type { Component } from 'vue';

/** Where one can go: the rail shows it, the palette and the keyboard lead there. */
export interface Place {
  /** Last part of the id of its command. */
  id: string;
  path: string;
  /** Key of its words. */
  title: string;
  icon: Component;
  /** Beginning of other paths that belong to it; "" for none. */
  also: string;
  key?: string;
  /** Product, version and time range go along. */
  hasScope?: boolean;
}

/** What is looked at every day. */
export const dailyPlaces: readonly Place[] = [
  { id: 'inbox', path: '/inbox', title: 'shell.place.inbox', icon: Inbox, also: '/group', key: 'g i', hasScope: true },
  {
    id: 'topcrashers',
    path: '/topcrashers',
    title: 'shell.place.topCrashers',
    icon: TrendingUp,
    also: '',
    key: 'g t',
    hasScope: true,
  },
  { id: 'search', path: '/search', title: 'shell.place.search', icon: Search, also: '', key: 'g s', hasScope: true },
  {
    id: 'reports',
    path: '/reports',
    title: 'shell.place.reports',
    icon: List,
    also: '/report/',
    key: 'g r',
    hasScope: true,
  },
  { id: 'local', path: '/local', title: 'shell.place.local', icon: FileSearch, also: '', key: 'g l' },
];

/** Below the daily ones: what is looked at when something is wrong, and the way to what is set up. */
export const otherPlaces: readonly Place[] = [
  {
    id: 'operations',
    path: '/operations',
    title: 'shell.place.operations',
    icon: Activity,
    also: '/operations/',
    key: 'g o',
  },
  { id: 'symbols', path: '/symbols', title: 'shell.place.symbols', icon: FileCode2, also: '', key: 'g y' },
  {
    id: 'settings',
    path: '/settings',
    title: 'settings.overview.title',
    icon: Settings,
    also: '/settings/',
    key: 'g ,',
  },
  { id: 'help', path: '/help/first-steps', title: 'shell.place.help', icon: CircleQuestionMark, also: '/help/' },
];

/** Reached by the palette and the user's menu, not by the rail. */
export const hiddenPlaces: readonly Place[] = [
  { id: 'account', path: '/account', title: 'shell.place.account', icon: UserRound, also: '' },
];
