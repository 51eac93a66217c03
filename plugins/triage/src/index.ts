import { Clock, CrashStorage, definePlugin, FieldDictionary, HttpRoute, SearchEngine } from '@faultline/sdk';
import { groupRoutes } from './group-routes.js';

export default definePlugin({
  activate(ctx) {
    const routes = groupRoutes({
      engine: ctx.resolve(SearchEngine),
      storage: ctx.resolve(CrashStorage),
      dictionary: ctx.resolve(FieldDictionary),
      clock: ctx.resolve(Clock),
    });
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});
