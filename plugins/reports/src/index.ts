import {
  AuditLog,
  Bus,
  Clock,
  CrashProcessing,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  ProductCatalog,
  Random,
  SearchEngine,
  StateStore,
  type PluginContext,
  type ProductSettings,
} from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import { CrashSteps } from './crash-steps.js';
import { ProtectedLooks } from './protected-looks.js';
import { crashRoutes } from './routes/crash-routes.js';
import { SavedSearches } from './saved-searches.js';
import { deadLetterRoutes } from './routes/dead-letter-routes.js';
import { exportRoute } from './routes/export-route.js';
import { partRoute } from './routes/part-route.js';
import { savedSearchRoutes } from './routes/saved-search-routes.js';
import { searchRoutes } from './routes/search-routes.js';

export default definePlugin({
  activate(ctx) {
    const storage = ctx.resolve(CrashStorage);
    const fields = ctx.resolve(FieldDictionary);
    const clock = ctx.resolve(Clock);
    const engine = ctx.resolve(SearchEngine);
    // Resolved when asked for: it may start after this plugin, and a web process may run without it.
    const processing = () => ctx.resolve(CrashProcessing);
    const steps = new CrashSteps();
    ctx.onStop(steps.listen(ctx.resolve(Bus)));

    const searches = new SavedSearches({ state: ctx.resolve(StateStore), clock, random: ctx.resolve(Random) });

    const audit = ctx.resolve(AuditLog);
    const looks = new ProtectedLooks(audit);
    const routes = [
      ...crashRoutes({
        storage,
        fields,
        steps,
        looks,
        processing,
        sourceLinks: (product) => sourceLinksOf(ctx, product),
      }),
      partRoute(storage, looks),
      ...searchRoutes({ engine, fields, clock, looks }),
      exportRoute({ engine, fields, clock, audit }),
      ...savedSearchRoutes(searches),
      ...deadLetterRoutes(processing),
    ];
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});

/** Asked for when needed: the catalog may start later, or not be there. */
async function sourceLinksOf(
  ctx: Pick<PluginContext, 'resolve'>,
  product: string,
): Promise<ProductSettings['sourceLinks']> {
  try {
    return product === '' ? [] : ((await ctx.resolve(ProductCatalog).product(product))?.sourceLinks ?? []);
  } catch (error) {
    if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return [];
    throw error;
  }
}
