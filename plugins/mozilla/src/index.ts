import {
  Clock,
  definePlugin,
  FieldDefinition,
  ProductCatalog,
  RuleSettings,
  ThrottleRule,
  type PluginContext,
} from '@faultline/sdk';
import { BetaSettings } from './beta-versions.js';
import { MozillaConfig } from './config.js';
import { mozillaFields } from './fields/mozilla-fields.js';
import { throttleRules } from './throttle/throttle-rules.js';

/** Adds nothing unless `mozilla.enabled` is set. The processing rules run in the rules' worker: see `rules.ts`. */
export default definePlugin({
  config: MozillaConfig,
  activate(context) {
    const { enabled, throttle, products } = context.config;
    const betas = new BetaSettings();
    context.contribute(RuleSettings, betas);
    if (!enabled) return;
    for (const field of mozillaFields) context.contribute(FieldDefinition, field);
    const clock = context.resolve(Clock);
    const { logger, signal } = context;
    context.onReady(() => {
      const catalog = context.roles.has('processor') ? productCatalog(context) : null;
      if (catalog !== null) void betas.follow(catalog, { clock, logger, signal });
    });
    if (!throttle) return;
    for (const rule of throttleRules({ products, now: () => clock.now() })) context.contribute(ThrottleRule, rule);
  },
});

/** Without the plugin `products` betas are "b0". */
function productCatalog(context: Pick<PluginContext, 'resolve' | 'logger'>): ProductCatalog | null {
  try {
    return context.resolve(ProductCatalog);
  } catch (error) {
    context.logger.info({ error: String(error) }, 'No releases are known here: betas have no numbers');
    return null;
  }
}
