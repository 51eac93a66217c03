import {
  Bus,
  Clock,
  CrashProcessing,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  Outbox,
  PluginCatalog,
  RuleSettings,
  ServerInfo,
  StateStore,
  Stackwalker,
} from '@faultline/sdk';
import { annotationFieldsOf } from './annotation-fields.js';
import { allRulesets, ProcessorConfig } from './config.js';
import { QueuedCrashProcessing } from './crash-processing-service.js';
import { withRuleSettings } from './rule-settings.js';
import { startProcessing } from './start-processing.js';
import { RulesRunner } from './worker/rules-runner.js';

export default definePlugin({
  config: ProcessorConfig,
  async activate(context) {
    const { config, logger } = context;
    const clock = context.resolve(Clock);
    const bus = context.resolve(Bus);
    const storage = context.resolve(CrashStorage);
    const dictionary = context.resolve(FieldDictionary);
    const rulesets = allRulesets(config.rulesets);
    const rules = new RulesRunner({
      program: new URL('./worker/rules-worker.js', import.meta.url),
      catalog: withRuleSettings(context.resolve(PluginCatalog), context.contributions(RuleSettings)),
      fields: () => annotationFieldsOf(dictionary.all()),
      logger,
      parkAfter: config.parkAfter,
      idleAfter: config.idleWorker,
    });
    context.onStop(() => rules.close());
    const parkedRules = () => rules.parkedRules();
    context.provide(CrashProcessing, new QueuedCrashProcessing({ storage, bus, clock, rulesets, parkedRules }));
    if (!context.roles.has('processor')) return;

    // A crash processed before the walker and all rules are there would be marked complete without them.
    context.onReady(async () => {
      const walkers = context.contributions(Stackwalker);
      const stop = await startProcessing({
        config,
        logger,
        clock,
        bus,
        storage,
        outbox: context.resolve(Outbox),
        state: context.resolve(StateStore),
        sinks: context.contributions(CrashSink),
        server: context.resolve(ServerInfo),
        folder: context.paths.data,
        pipeline: { rules, rulesets, walker: () => walkers.all()[0]?.value ?? null },
      });
      context.onStop(stop);
    });
  },
});
