import {
  AuditLog,
  Clock,
  definePlugin,
  HttpRoute,
  Job,
  ProductCatalog,
  SearchEngine,
  StateStore,
  ThrottleRule,
} from '@faultline/sdk';
import { ProductsConfig } from './config.js';
import { learnJob } from './learn-releases.js';
import { productRule } from './product-rule.js';
import { productRoutes } from './routes/product-routes.js';
import { releaseRoutes } from './routes/release-routes.js';
import { StateProductCatalog } from './state-product-catalog.js';

export default definePlugin({
  config: ProductsConfig,
  async activate(ctx) {
    const { config } = ctx;
    const catalog = new StateProductCatalog(ctx.resolve(StateStore));
    ctx.provide(ProductCatalog, catalog);
    const clock = ctx.resolve(Clock);
    const audit = ctx.resolve(AuditLog);
    for (const route of [...productRoutes({ catalog, audit }), ...releaseRoutes({ catalog, audit })]) {
      ctx.contribute(HttpRoute, route);
    }
    ctx.contribute(ThrottleRule, productRule(catalog, config));
    ctx.contribute(
      Job,
      learnJob({ catalog, engine: () => ctx.resolve(SearchEngine), releaseAfter: config.releaseAfter }, () =>
        clock.now(),
      ),
    );
    // A command that reads once needs no snapshot.
    if (ctx.roles.size > 0) await catalog.follow(ctx.signal);
  },
});
