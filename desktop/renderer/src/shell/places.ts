import {
  Activity,
  BookOpen,
  CircleQuestionMark,
  FileCode2,
  FileSearch,
  Funnel,
  Group,
  Hourglass,
  Inbox,
  List,
  Megaphone,
  Package,
  Plug,
  Puzzle,
  ScrollText,
  Search,
  ShieldCheck,
  Skull,
  SlidersHorizontal,
  TrendingUp,
  UserRound,
  Users,
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

/** What is set up, and looked at when something is wrong. */
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
    id: 'products',
    path: '/settings/products',
    title: 'shell.place.products',
    icon: Package,
    also: '/settings/products/',
  },
  {
    id: 'configuration',
    path: '/settings/configuration',
    title: 'shell.place.configuration',
    icon: SlidersHorizontal,
    also: '',
  },
  { id: 'plugins', path: '/settings/plugins', title: 'shell.place.plugins', icon: Puzzle, also: '', key: 'g p' },
  { id: 'dead-letters', path: '/settings/dead-letters', title: 'shell.place.deadLetters', icon: Skull, also: '' },
  { id: 'users', path: '/settings/users', title: 'shell.place.users', icon: Users, also: '', key: 'g u' },
  { id: 'roles', path: '/settings/roles', title: 'shell.place.roles', icon: ShieldCheck, also: '' },
  { id: 'audit', path: '/settings/audit', title: 'shell.place.audit', icon: ScrollText, also: '' },
  { id: 'banner', path: '/settings/banner', title: 'shell.place.banner', icon: Megaphone, also: '' },
  { id: 'throttling', path: '/settings/throttling', title: 'shell.place.throttling', icon: Funnel, also: '' },
  { id: 'retention', path: '/settings/retention', title: 'shell.place.retention', icon: Hourglass, also: '' },
  { id: 'grouping', path: '/settings/grouping', title: 'shell.place.grouping', icon: Group, also: '' },
  { id: 'connect', path: '/connect', title: 'shell.place.connect', icon: Plug, also: '' },
  { id: 'fields', path: '/fields', title: 'shell.place.fields', icon: BookOpen, also: '' },
  { id: 'help', path: '/help/first-steps', title: 'shell.place.help', icon: CircleQuestionMark, also: '/help/' },
];

/** Reached by the palette and the user's menu, not by the rail. */
export const hiddenPlaces: readonly Place[] = [
  { id: 'account', path: '/account', title: 'shell.place.account', icon: UserRound, also: '' },
];
