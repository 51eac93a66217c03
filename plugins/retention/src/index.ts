import {
  Clock,
  CrashEraser,
  CrashSink,
  definePlugin,
  HttpRoute,
  Job,
  ProductCatalog,
  StateStore,
  StorageUpkeep,
  type Product,
} from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import { RetentionConfig } from './config.js';
import { purgeJob } from './purge-job.js';
import { Retention, StoreRetention } from './retention.js';
import { retentionRoutes } from './retention-routes.js';

export default definePlugin({
  config: RetentionConfig,
  activate(context) {
    const { config, logger } = context;
    const retention = new StoreRetention({
      config,
      upkeep: context.resolve(StorageUpkeep),
      state: context.resolve(StateStore),
      sinks: context.contributions(CrashSink),
      erasers: context.contributions(CrashEraser),
      products,
      clock: context.resolve(Clock),
      logger,
    });
    context.provide(Retention, retention);
    context.contribute(Job, purgeJob(retention, config.schedule));
    for (const route of retentionRoutes(retention)) context.contribute(HttpRoute, route);

    /** The plugin that keeps products may be switched off, and comes after this one. */
    async function products(): Promise<readonly Product[]> {
      try {
        return await context.resolve(ProductCatalog).products();
      } catch (error) {
        if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return [];
        throw error;
      }
    }
  },
});
