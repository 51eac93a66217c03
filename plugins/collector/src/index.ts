import { Bus, Clock, CrashStorage, definePlugin, HttpRoute, Random, StateStore, ThrottleRule } from '@faultline/sdk';
import { BodyBudget } from './body-budget.js';
import { CollectorConfig } from './config.js';
import { loadInstallKey } from './install-key.js';
import { submit, type Intake } from './submission.js';
import { Throttler } from './throttle/throttler.js';

export default definePlugin({
  config: CollectorConfig,
  async activate(context) {
    const clock = context.resolve(Clock);
    const random = context.resolve(Random);
    const intake: Intake = {
      config: context.config,
      storage: context.resolve(CrashStorage),
      bus: context.resolve(Bus),
      clock,
      random,
      throttler: new Throttler(context.config.throttle, context.contributions(ThrottleRule), clock, random),
      budget: new BodyBudget(context.config.bodiesInFlight),
      installKey: await loadInstallKey(context.resolve(StateStore), random),
    };
    context.contribute(HttpRoute, {
      id: 'collector/submit',
      method: 'POST',
      path: '/submit',
      summary: 'Take one crash report (multipart/form-data or multipart/mixed)',
      access: 'open',
      stream: true,
      response: null,
      produces: 'text/plain',
      handle: (request) => submit(intake, request),
    });
  },
});
