import {
  BookOpen,
  Funnel,
  Group,
  Hourglass,
  Megaphone,
  Package,
  Plug,
  Puzzle,
  ScrollText,
  ShieldCheck,
  Skull,
  SlidersHorizontal,
  Users,
} from '@lucide/vue';
import type { Place } from '../shell/places.js';

export interface SettingsPlace extends Place {
  /** Key of a sentence that says what is set there. */
  about: string;
}

/** What can be set up, by what it is about: the page of settings shows it, the palette leads there. */
export const settingsGroups: readonly { title: string; places: readonly SettingsPlace[] }[] = [
  {
    title: 'settings.overview.incoming',
    places: [
      {
        id: 'connect',
        path: '/connect',
        title: 'shell.place.connect',
        about: 'settings.overview.about.connect',
        icon: Plug,
        also: '',
      },
      {
        id: 'products',
        path: '/settings/products',
        title: 'shell.place.products',
        about: 'settings.overview.about.products',
        icon: Package,
        also: '/settings/products/',
      },
      {
        id: 'throttling',
        path: '/settings/throttling',
        title: 'shell.place.throttling',
        about: 'settings.overview.about.throttling',
        icon: Funnel,
        also: '',
      },
      {
        id: 'fields',
        path: '/fields',
        title: 'shell.place.fields',
        about: 'settings.overview.about.fields',
        icon: BookOpen,
        also: '',
      },
    ],
  },
  {
    title: 'settings.overview.stored',
    places: [
      {
        id: 'grouping',
        path: '/settings/grouping',
        title: 'shell.place.grouping',
        about: 'settings.overview.about.grouping',
        icon: Group,
        also: '',
      },
      {
        id: 'retention',
        path: '/settings/retention',
        title: 'shell.place.retention',
        about: 'settings.overview.about.retention',
        icon: Hourglass,
        also: '',
      },
      {
        id: 'dead-letters',
        path: '/settings/dead-letters',
        title: 'shell.place.deadLetters',
        about: 'settings.overview.about.deadLetters',
        icon: Skull,
        also: '',
      },
    ],
  },
  {
    title: 'settings.overview.people',
    places: [
      {
        id: 'users',
        path: '/settings/users',
        title: 'shell.place.users',
        about: 'settings.overview.about.users',
        icon: Users,
        also: '',
        key: 'g u',
      },
      {
        id: 'roles',
        path: '/settings/roles',
        title: 'shell.place.roles',
        about: 'settings.overview.about.roles',
        icon: ShieldCheck,
        also: '',
      },
      {
        id: 'audit',
        path: '/settings/audit',
        title: 'shell.place.audit',
        about: 'settings.overview.about.audit',
        icon: ScrollText,
        also: '',
      },
      {
        id: 'banner',
        path: '/settings/banner',
        title: 'shell.place.banner',
        about: 'settings.overview.about.banner',
        icon: Megaphone,
        also: '',
      },
    ],
  },
  {
    title: 'settings.overview.server',
    places: [
      {
        id: 'configuration',
        path: '/settings/configuration',
        title: 'shell.place.configuration',
        about: 'settings.overview.about.configuration',
        icon: SlidersHorizontal,
        also: '',
      },
      {
        id: 'plugins',
        path: '/settings/plugins',
        title: 'shell.place.plugins',
        about: 'settings.overview.about.plugins',
        icon: Puzzle,
        also: '',
        key: 'g p',
      },
    ],
  },
];

export const settingsPlaces: readonly SettingsPlace[] = settingsGroups.flatMap(({ places }) => places);
