import {
  Clock,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  isFaultlineError,
  ProductCatalog,
  SearchEngine,
  TicketLinks,
  type PluginContext,
} from '@faultline/sdk';
import { trendRoutes } from './trend-routes.js';

export default definePlugin({
  activate(ctx) {
    const routes = trendRoutes({
      engine: ctx.resolve(SearchEngine),
      dictionary: ctx.resolve(FieldDictionary),
      catalog: ctx.resolve(ProductCatalog),
      clock: ctx.resolve(Clock),
      tickets: () => ticketLinks(ctx),
    });
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});

/** Asked for with each request: who keeps tickets may start later, or not at all. */
function ticketLinks(ctx: PluginContext): TicketLinks | null {
  try {
    return ctx.resolve(TicketLinks);
  } catch (error) {
    if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return null;
    throw error;
  }
}
