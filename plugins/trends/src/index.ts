import {
  Clock,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  isFaultlineError,
  ProductCatalog,
  SearchEngine,
  SignatureHistory,
  TicketLinks,
  type PluginContext,
  type Token,
} from '@faultline/sdk';
import { trendRoutes } from './trend-routes.js';

export default definePlugin({
  activate(ctx) {
    const routes = trendRoutes({
      engine: ctx.resolve(SearchEngine),
      dictionary: ctx.resolve(FieldDictionary),
      catalog: ctx.resolve(ProductCatalog),
      clock: ctx.resolve(Clock),
      tickets: () => serviceOrNull(ctx, TicketLinks),
      history: () => serviceOrNull(ctx, SignatureHistory),
    });
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});

/** Asked for with each request: who keeps tickets and first appearances may start later, or not at all. */
function serviceOrNull<T>(ctx: Pick<PluginContext, 'resolve'>, service: Token<T>): T | null {
  try {
    return ctx.resolve(service);
  } catch (error) {
    if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return null;
    throw error;
  }
}
