import { definePlugin, HttpRoute } from '@faultline/sdk';
import { CrashStatsConfig } from './config.js';
import { endpointRoutes } from './endpoint.js';
import { crashEndpoints } from './endpoints/crashes.js';
import { processingEndpoints } from './endpoints/processing.js';
import { signatureEndpoints } from './endpoints/signatures.js';
import { superSearch } from './endpoints/super-search.js';
import { superSearchFields } from './endpoints/super-search-fields.js';
import { versionString } from './endpoints/versions.js';
import { oldPages } from './old-pages.js';
import { Parts } from './parts.js';
import { RateLimits } from './rate-limits.js';

export default definePlugin({
  config: CrashStatsConfig,
  activate(ctx) {
    const parts = new Parts((service) => ctx.resolve(service));
    const endpoints = [
      ...superSearch(parts),
      superSearchFields(parts),
      ...crashEndpoints(parts),
      ...signatureEndpoints(parts),
      versionString(parts),
      ...processingEndpoints(parts),
    ];
    const routes = [...endpointRoutes(endpoints, new RateLimits(ctx.config)), ...oldPages(parts)];
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});
