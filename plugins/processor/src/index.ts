import {
  Bus,
  Clock,
  CrashProcessing,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  Job,
  JobRunner,
  Outbox,
  PluginCatalog,
  RuleSettings,
  SearchEngine,
  ServerInfo,
  StateStore,
  Stackwalker,
} from '@faultline/sdk';
import { annotationFieldsOf } from './annotation-fields.js';
import { allRulesets, ProcessorConfig } from './config.js';
import { QueuedCrashProcessing } from './crash-processing-service.js';
import { LocalDryRuns, RemoteDryRuns } from './processing/dry-runs.js';
import { reprocessJob } from './reprocess/reprocess-job.js';
import { processingRoutes } from './routes/processing-routes.js';
import { withRuleSettings } from './rule-settings.js';
import { startProcessing } from './start-processing.js';
import { RulesRunner } from './worker/rules-runner.js';

export default definePlugin({
  config: ProcessorConfig,
  async activate(context) {
    const { config, logger, roles } = context;
    const clock = context.resolve(Clock);
    const bus = context.resolve(Bus);
    const storage = context.resolve(CrashStorage);
    const fields = context.resolve(FieldDictionary);
    const server = context.resolve(ServerInfo);
    const rulesets = allRulesets(config.rulesets);
    const rules = new RulesRunner({
      program: new URL('./worker/rules-worker.js', import.meta.url),
      catalog: withRuleSettings(context.resolve(PluginCatalog), context.contributions(RuleSettings)),
      fields: () => annotationFieldsOf(fields.all()),
      logger,
      parkAfter: config.parkAfter,
      idleAfter: config.idleWorker,
    });
    context.onStop(() => rules.close());
    const walkers = context.contributions(Stackwalker);
    const walker = () => walkers.all()[0]?.value ?? null;
    const pipeline = { rules, rulesets, walker, clock, storage, host: server.host };
    const local = new LocalDryRuns(pipeline, storage);
    // A command has no role, and all that it needs beside it.
    const dryRuns = roles.has('processor') || roles.size === 0 ? local : new RemoteDryRuns(bus);
    const parkedRules = () => rules.parkedRules();
    const processing = new QueuedCrashProcessing({ storage, bus, clock, rulesets, parkedRules, dryRuns });
    context.provide(CrashProcessing, processing);
    if (roles.size === 0) return;

    const engine = () => context.resolve(SearchEngine);
    context.contribute(Job, reprocessJob({ storage, processing, bus, clock, fields, engine }));
    const runner = () => context.resolve(JobRunner);
    for (const route of processingRoutes({ processing, fields, runner })) context.contribute(HttpRoute, route);
    if (!roles.has('processor')) return;

    context.onStop(local.answer(bus, context.signal));
    // A crash processed before the walker and all rules are there would be marked complete without them.
    context.onReady(async () => {
      const stop = await startProcessing({
        config,
        logger,
        clock,
        bus,
        storage,
        outbox: context.resolve(Outbox),
        state: context.resolve(StateStore),
        sinks: context.contributions(CrashSink),
        server,
        folder: context.paths.data,
        pipeline,
      });
      context.onStop(stop);
    });
  },
});
