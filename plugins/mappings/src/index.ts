import {
  AuditLog,
  Clock,
  definePlugin,
  FieldDefinition,
  HttpRoute,
  Job,
  JobRunner,
  Random,
  RuleSettings,
} from '@faultline/sdk';
import { MappingsConfig } from './config.js';
import { javaFields } from './java-fields.js';
import { mendCrashes } from './mend-crashes.js';
import { mappingRoutes } from './routes/mapping-routes.js';
import type { MappingSettings } from './rules.js';
import { mappingExpiryJob } from './store/expiry-job.js';
import { MappingStore } from './store/mapping-store.js';

/** The rule itself runs in the rules' thread: see `rules.ts`. */
export default definePlugin({
  config: MappingsConfig,
  activate(context) {
    const { config } = context;
    const clock = context.resolve(Clock);
    const folder = context.paths.data;
    for (const field of javaFields) context.contribute(FieldDefinition, field);
    const settings: MappingSettings = { folder };
    context.contribute(RuleSettings, { id: 'mappings', current: () => settings, onChange: () => () => {} });
    const store = new MappingStore({ folder, maxBytes: config.maxSize, clock, random: context.resolve(Random) });
    context.contribute(Job, mappingExpiryJob(store, clock, config.unusedDays));
    const routes = mappingRoutes({
      store,
      logger: context.logger,
      audit: () => context.resolve(AuditLog),
      mend: (mapping) => mendCrashes(context.resolve(JobRunner), mapping, config.reprocessRate),
    });
    for (const route of routes) context.contribute(HttpRoute, route);
  },
});
