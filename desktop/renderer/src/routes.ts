import { createRouter, createWebHistory, type RouteRecordRaw, type Router, type RouterHistory } from 'vue-router';
import { basePath } from './api/base-path.js';

declare module 'vue-router' {
  interface RouteMeta {
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
    meta: { title: 'Inbox', hasScope: true },
  },
  {
    path: '/group',
    component: () => import('./group/GroupScreen.vue'),
    meta: { title: 'Group', hasScope: true },
  },
  {
    path: '/topcrashers',
    component: () => import('./top-crashers/TopCrashersScreen.vue'),
    meta: { title: 'Top crashers', hasScope: true },
  },
  {
    path: '/search',
    component: () => import('./search/SearchScreen.vue'),
    meta: { title: 'Search', hasScope: true },
  },
  {
    path: '/reports',
    component: () => import('./search/ReportsScreen.vue'),
    meta: { title: 'Reports', hasScope: true },
  },
  {
    path: '/report/:id',
    component: () => import('./report/ReportScreen.vue'),
    meta: { title: 'Crash report' },
  },
  {
    path: '/local',
    component: () => import('./local/LocalDumpsScreen.vue'),
    meta: { title: 'Local dumps', needsNoServer: true },
  },
  {
    path: '/compare',
    component: () => import('./report/compare/CompareScreen.vue'),
    meta: { title: 'Compare reports' },
  },
  {
    path: '/app',
    component: () => import('./local/app/AppScreen.vue'),
    meta: { title: 'Servers and this app', needsNoServer: true },
  },
  {
    path: '/symbols',
    component: () => import('./symbols/SymbolsScreen.vue'),
    meta: { title: 'Symbols' },
  },
  {
    path: '/operations',
    component: () => import('./operations/OperationsScreen.vue'),
    meta: { title: 'Operations' },
  },
  {
    path: '/operations/jobs',
    component: () => import('./operations/JobsScreen.vue'),
    meta: { title: 'Jobs' },
  },
  {
    path: '/operations/notices',
    component: () => import('./operations/NoticesScreen.vue'),
    meta: { title: 'Notices' },
  },
  {
    path: '/operations/topology',
    component: () => import('./operations/TopologyScreen.vue'),
    meta: { title: 'Topology' },
  },
  {
    path: '/status',
    component: () => import('./operations/StatusScreen.vue'),
    meta: { title: 'Status', isOpen: true },
  },
  {
    path: '/settings',
    component: () => import('./settings/SettingsScreen.vue'),
    meta: { title: 'Settings' },
    redirect: '/settings/plugins',
    children: [
      {
        path: 'plugins',
        component: () => import('./settings/PluginsScreen.vue'),
        meta: { title: 'Plugins' },
      },
      {
        path: 'dead-letters',
        component: () => import('./settings/DeadLettersScreen.vue'),
        meta: { title: 'Dead letters' },
      },
      {
        path: 'users',
        component: () => import('./settings/UsersScreen.vue'),
        meta: { title: 'Users' },
      },
      {
        path: 'configuration',
        component: () => import('./configuration/ConfigurationScreen.vue'),
        meta: { title: 'Configuration' },
      },
      {
        path: 'roles',
        component: () => import('./roles/RolesScreen.vue'),
        meta: { title: 'Roles' },
      },
      {
        path: 'audit',
        component: () => import('./settings/AuditScreen.vue'),
        meta: { title: 'Audit log' },
      },
      {
        path: 'banner',
        component: () => import('./banner/BannerScreen.vue'),
        meta: { title: 'Banner' },
      },
      {
        path: 'products',
        component: () => import('./products/ProductsScreen.vue'),
        meta: { title: 'Products' },
      },
      {
        path: 'products/edit',
        component: () => import('./products/ProductEditor.vue'),
        meta: { title: 'Product' },
      },
      {
        path: 'throttling',
        component: () => import('./throttling/ThrottlingScreen.vue'),
        meta: { title: 'Throttling' },
      },
      {
        path: 'retention',
        component: () => import('./retention/RetentionScreen.vue'),
        meta: { title: 'Retention and erasing' },
      },
      {
        path: 'grouping',
        component: () => import('./settings/GroupingRulesScreen.vue'),
        meta: { title: 'Grouping rules' },
      },
    ],
  },
  {
    path: '/connect',
    component: () => import('./clients/ConnectScreen.vue'),
    meta: { title: 'Connect a client' },
  },
  {
    path: '/fields',
    component: () => import('./settings/FieldsScreen.vue'),
    meta: { title: 'Fields' },
  },
  {
    path: '/help',
    component: () => import('./help/HelpScreen.vue'),
    meta: { title: 'Help' },
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
    meta: { title: 'My account' },
  },
  {
    path: '/sign-in',
    component: () => import('./sign-in/SignInScreen.vue'),
    meta: { title: 'Sign in', isOpen: true },
  },
  {
    path: '/:rest(.*)*',
    component: () => import('./shell/NotFoundScreen.vue'),
    meta: { title: 'Not found', isOpen: true },
  },
];

export function makeRouter(history: RouterHistory = createWebHistory(basePath())): Router {
  const router = createRouter({ history, routes });
  router.afterEach((to) => {
    document.title = `${to.meta.title} · Faultline`;
  });
  return router;
}
