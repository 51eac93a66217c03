import {
  AuditLog,
  Bus,
  Clock,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  HttpFront,
  HttpRoute,
  MetricSource,
  Random,
  ServerInfo,
  StateStore,
  ThrottleRule,
} from '@faultline/sdk';
import { Counts } from './admission/counts.js';
import { FreeSpace } from './admission/free-space.js';
import { Gate } from './admission/gate.js';
import { KeptKeys } from './admission/kept-keys.js';
import { keyRoutes } from './admission/key-routes.js';
import { RateLimits } from './admission/rate-limits.js';
import { SubmitKeys } from './admission/submit-keys.js';
import { BodyBudget } from './body-budget.js';
import { collectorMetrics } from './collector-metrics.js';
import { CollectorConfig } from './config.js';
import { postFronts } from './front/front-answers.js';
import { loadInstallKey } from './install-key.js';
import { collectorRoutes } from './routes.js';
import type { Intake } from './submission.js';
import { dryRun } from './throttle/dry-run.js';
import { RecentReports } from './throttle/recent-reports.js';
import type { ThrottleConfig } from './throttle/throttle-config.js';
import { Throttler } from './throttle/throttler.js';
import { collectWholeHeapSeldom } from './whole-collections.js';

export default definePlugin({
  config: CollectorConfig,
  async activate(context) {
    const { config } = context;
    collectWholeHeapSeldom();
    const clock = context.resolve(Clock);
    const random = context.resolve(Random);
    const contributed = context.contributions(ThrottleRule);
    const recent = new RecentReports(config.recentReports, context.resolve(FieldDictionary));
    const limits = new RateLimits(config);
    const kept = await KeptKeys.open({ state: context.resolve(StateStore), clock, random, signal: context.signal });
    const keys = new SubmitKeys(config.submitKeys, clock);
    kept.onChange(() => keys.take(kept.all()));
    keys.take(kept.all());
    const intake: Intake = {
      config,
      storage: context.resolve(CrashStorage),
      bus: context.resolve(Bus),
      clock,
      random,
      throttler: new Throttler(config.throttle, contributed, clock, random),
      budget: new BodyBudget(config.bodiesInFlight),
      gate: new Gate(config, new FreeSpace(context.resolve(ServerInfo).dataFolder, clock), limits),
      limits,
      keys,
      recent,
      counts: new Counts(new Date(clock.now())),
      installKey: await loadInstallKey(context.resolve(StateStore), random),
    };
    const tryRules = (proposed: ThrottleConfig) => dryRun({ recent, contributed, clock }, config.throttle, proposed);
    for (const route of collectorRoutes(intake, tryRules)) context.contribute(HttpRoute, route);
    const audit = () => context.resolve(AuditLog);
    for (const route of keyRoutes({ kept, configured: config.submitKeys, audit })) context.contribute(HttpRoute, route);
    context.contribute(MetricSource, collectorMetrics(intake));
    const fronts = postFronts(intake, context.resolve(ServerInfo).dataFolder, context.logger);
    if (fronts !== null) context.contribute(HttpFront, fronts);
  },
});
