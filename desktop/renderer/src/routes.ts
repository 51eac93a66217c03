import {
  createRouter,
  createWebHistory,
  stringifyQuery,
  type LocationQueryRaw,
  type RouteRecordRaw,
  type Router,
  type RouterHistory,
} from 'vue-router';
import { basePath } from './api/base-path.js';
import { titlePages } from './shell/page-title.js';
import { wellFormed } from './reading/visible-text.js';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the words for the window's title, while the screen itself says nothing better. */
    title: string;
    /** Shown without a session. */
    isOpen?: boolean;
    /** Shown inside the shell without a session and without a server. */
    needsNoServer?: boolean;
    /** Product, version and time range apply here. */
    hasScope?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/inbox' },
  {
    path: '/inbox',
    component: () => import('./inbox/InboxScreen.vue'),
    meta: { title: 'shell.place.inbox', hasScope: true },
  },
  {
    path: '/group',
    component: () => import('./group/GroupScreen.vue'),
    meta: { title: 'group.title', hasScope: true },
  },
  {
    path: '/topcrashers',
    component: () => import('./top-crashers/TopCrashersScreen.vue'),
    meta: { title: 'shell.place.topCrashers', hasScope: true },
  },
  {
    path: '/search',
    component: () => import('./search/SearchScreen.vue'),
    meta: { title: 'shell.place.search', hasScope: true },
  },
  {
    path: '/reports',
    component: () => import('./search/ReportsScreen.vue'),
    meta: { title: 'shell.place.reports', hasScope: true },
  },
  {
    path: '/report/:id',
    component: () => import('./report/ReportScreen.vue'),
    meta: { title: 'report.reportScreen.crashReport' },
  },
  {
    path: '/local',
    component: () => import('./local/LocalDumpsScreen.vue'),
    meta: { title: 'shell.place.local', needsNoServer: true },
  },
  {
    path: '/compare',
    component: () => import('./report/compare/CompareScreen.vue'),
    meta: { title: 'report.compare.title' },
  },
  {
    path: '/app',
    component: () => import('./local/app/AppScreen.vue'),
    meta: { title: 'local.app.title', needsNoServer: true },
  },
  {
    path: '/symbols',
    component: () => import('./symbols/SymbolsScreen.vue'),
    meta: { title: 'shell.place.symbols' },
  },
  {
    path: '/operations',
    component: () => import('./operations/OperationsScreen.vue'),
    meta: { title: 'shell.place.operations' },
  },
  {
    path: '/operations/jobs',
    component: () => import('./operations/JobsScreen.vue'),
    meta: { title: 'operations.place.jobs' },
  },
  {
    path: '/operations/notices',
    component: () => import('./operations/NoticesScreen.vue'),
    meta: { title: 'operations.place.notices' },
  },
  {
    path: '/operations/waiting',
    component: () => import('./operations/WaitingScreen.vue'),
    meta: { title: 'operations.waiting.title' },
  },
  {
    path: '/operations/topology',
    component: () => import('./operations/TopologyScreen.vue'),
    meta: { title: 'operations.place.topology' },
  },
  {
    path: '/status',
    component: () => import('./operations/StatusScreen.vue'),
    meta: { title: 'operations.status.title', isOpen: true },
  },
  {
    path: '/settings',
    component: () => import('./settings/SettingsScreen.vue'),
    meta: { title: 'settings.overview.title' },
    children: [
      {
        path: '',
        component: () => import('./settings/SettingsOverview.vue'),
        meta: { title: 'settings.overview.title' },
      },
      {
        path: 'plugins',
        component: () => import('./settings/PluginsScreen.vue'),
        meta: { title: 'shell.place.plugins' },
      },
      {
        path: 'dead-letters',
        component: () => import('./settings/DeadLettersScreen.vue'),
        meta: { title: 'shell.place.deadLetters' },
      },
      {
        path: 'users',
        component: () => import('./settings/UsersScreen.vue'),
        meta: { title: 'shell.place.users' },
      },
      {
        path: 'configuration',
        component: () => import('./configuration/ConfigurationScreen.vue'),
        meta: { title: 'shell.place.configuration' },
      },
      {
        path: 'roles',
        component: () => import('./roles/RolesScreen.vue'),
        meta: { title: 'shell.place.roles' },
      },
      {
        path: 'audit',
        component: () => import('./settings/AuditScreen.vue'),
        meta: { title: 'shell.place.audit' },
      },
      {
        path: 'banner',
        component: () => import('./banner/BannerScreen.vue'),
        meta: { title: 'shell.place.banner' },
      },
      {
        path: 'products',
        component: () => import('./products/ProductsScreen.vue'),
        meta: { title: 'shell.place.products' },
      },
      {
        path: 'products/edit',
        component: () => import('./products/ProductEditor.vue'),
        meta: { title: 'products.list.product' },
      },
      {
        path: 'throttling',
        component: () => import('./throttling/ThrottlingScreen.vue'),
        meta: { title: 'shell.place.throttling' },
      },
      {
        path: 'retention',
        component: () => import('./retention/RetentionScreen.vue'),
        meta: { title: 'retention.title' },
      },
      {
        path: 'grouping',
        component: () => import('./settings/GroupingRulesScreen.vue'),
        meta: { title: 'shell.place.grouping' },
      },
      {
        path: '/fields',
        component: () => import('./settings/FieldsScreen.vue'),
        meta: { title: 'shell.place.fields' },
      },
      {
        path: '/connect',
        component: () => import('./clients/ConnectScreen.vue'),
        meta: { title: 'shell.place.connect' },
      },
    ],
  },
  {
    path: '/help',
    component: () => import('./help/HelpScreen.vue'),
    meta: { title: 'shell.place.help' },
    redirect: '/help/first-steps',
    children: [
      { path: 'throttling', component: () => import('./help/ThrottlingArticle.vue') },
      { path: 'news', component: () => import('./help/NewsArticle.vue') },
      { path: 'api', component: () => import('./help/ApiReference.vue') },
      { path: ':article', component: () => import('./help/HelpArticle.vue'), props: true },
    ],
  },
  {
    path: '/account',
    component: () => import('./account/AccountScreen.vue'),
    meta: { title: 'shell.place.account' },
  },
  {
    path: '/sign-in',
    component: () => import('./sign-in/SignInScreen.vue'),
    meta: { title: 'report.reportState.signIn', isOpen: true },
  },
  {
    path: '/:rest(.*)*',
    component: () => import('./shell/NotFoundScreen.vue'),
    meta: { title: 'shell.notFound.title', isOpen: true },
  },
];

export function makeRouter(history: RouterHistory = createWebHistory(basePath())): Router {
  const router = createRouter({ history, routes, stringifyQuery: (query) => stringifyQuery(encodable(query)) });
  titlePages(router);
  return router;
}

/** An address can't hold half a character, and a signature may: one such group would take its whole list away. */
function encodable(query: LocationQueryRaw | undefined): LocationQueryRaw {
  return Object.fromEntries(
    Object.entries(query ?? {}).map(([name, value]) => [name, typeof value === 'string' ? wellFormed(value) : value]),
  );
}
