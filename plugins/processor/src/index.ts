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
  MetricSource,
  Outbox,
  PluginCatalog,
  RuleSettings,
  Ruleset,
  SearchEngine,
  ServerInfo,
  SinkNames,
  StateStore,
  Stackwalker,
} from '@faultline/sdk';
import { annotationFieldsOf } from './annotation-fields.js';
import { ProcessorConfig } from './config.js';
import { QueuedCrashProcessing } from './crash-processing-service.js';
import { KnownSinks } from './outbox/known-sinks.js';
import { LocalDryRuns, RemoteDryRuns } from './processing/dry-runs.js';
import type { RunWriterParts } from './processing/write-run.js';
import { reprocessJob } from './reprocess/reprocess-job.js';
import { StraightRuns } from './reprocess/straight-runs.js';
import { allRulesets, followRulesets } from './rules/known-rulesets.js';
import { ProcessorMetrics } from './processor-metrics.js';
import { processingRoutes } from './routes/processing-routes.js';
import { withRuleSettings } from './rule-settings.js';
import { startProcessing } from './start-processing.js';
import { RulesRunner } from './worker/rules-runner.js';

export default definePlugin({
  config: ProcessorConfig,
  async activate(context) {
    const { config, logger, roles } = context;
    const isProcessor = roles.has('processor');
    const clock = context.resolve(Clock);
    const bus = context.resolve(Bus);
    const storage = context.resolve(CrashStorage);
    const fields = context.resolve(FieldDictionary);
    const server = context.resolve(ServerInfo);
    const rulesets = allRulesets(config.rulesets);
    context.onStop(followRulesets(rulesets, config.rulesets, context.contributions(Ruleset)));
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
    const dryRuns = isProcessor || roles.size === 0 ? local : new RemoteDryRuns(bus);
    const parkedRules = () => rules.parkedRules();
    const processing = new QueuedCrashProcessing({ storage, bus, clock, rulesets, parkedRules, dryRuns });
    context.provide(CrashProcessing, processing);
    const sinks = context.contributions(CrashSink);
    const known = new KnownSinks({ sinks, state: context.resolve(StateStore), hasAll: isProcessor });
    context.provide(SinkNames, known);
    if (roles.size === 0) return;

    const engine = () => context.resolve(SearchEngine);
    let onCommitted: RunWriterParts['onCommitted'] = () => {};
    const straight = new StraightRuns({
      pipeline,
      storage,
      bus,
      sinks: () => known.all(),
      onCommitted: (run) => onCommitted(run),
    });
    context.contribute(Job, reprocessJob({ storage, processing, bus, clock, fields, engine, straight }));
    const runner = () => context.resolve(JobRunner);
    for (const route of processingRoutes({ processing, fields, runner })) context.contribute(HttpRoute, route);
    if (!isProcessor) return;

    const metrics = new ProcessorMetrics();
    context.contribute(MetricSource, metrics);
    context.onStop(local.answer(bus, context.signal));
    // A crash processed before the walker and all rules are there would be marked complete without them.
    context.onReady(async () => {
      const started = await startProcessing({
        config,
        logger,
        clock,
        bus,
        storage,
        outbox: context.resolve(Outbox),
        state: context.resolve(StateStore),
        sinks,
        server,
        folder: context.paths.data,
        pipeline,
        metrics,
      });
      onCommitted = started.onCommitted;
      context.onStop(() => started.stop());
      context.onStop(known.tell(logger));
    });
  },
});
