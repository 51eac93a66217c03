import { Clock, definePlugin, FieldDefinition, ThrottleRule } from '@faultline/sdk';
import { MozillaConfig } from './config.js';
import { mozillaFields } from './fields/mozilla-fields.js';
import { throttleRules } from './throttle/throttle-rules.js';

/** Adds nothing unless `mozilla.enabled` is set. The processing rules run in the rules' worker: see `rules.ts`. */
export default definePlugin({
  config: MozillaConfig,
  activate(context) {
    const { enabled, throttle, products } = context.config;
    if (!enabled) return;
    for (const field of mozillaFields) context.contribute(FieldDefinition, field);
    if (!throttle) return;
    const clock = context.resolve(Clock);
    for (const rule of throttleRules({ products, now: () => clock.now() })) context.contribute(ThrottleRule, rule);
  },
});
