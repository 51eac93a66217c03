import {
  AuditLog,
  Bus,
  Clock,
  CrashEraser,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  Job,
  JobRunner,
  Random,
  SearchEngine,
  StateStore,
  StorageUpkeep,
} from '@faultline/sdk';
import { EveryPlaceErasing, Erasing } from './crash-erasing.js';
import { eraseJob } from './erase-job.js';
import { eraseRoutes } from './erase-routes.js';
import { Selections } from './selections.js';

export default definePlugin({
  activate(context) {
    const clock = context.resolve(Clock);
    const engine = context.resolve(SearchEngine);
    const selections = new Selections(context.resolve(StateStore), clock, context.resolve(Random));
    const erasing = new EveryPlaceErasing({
      upkeep: context.resolve(StorageUpkeep),
      engine,
      sinks: context.contributions(CrashSink),
      erasers: context.contributions(CrashEraser),
      bus: context.resolve(Bus),
      audit: context.resolve(AuditLog),
      clock,
    });
    context.provide(Erasing, erasing);
    context.contribute(Job, eraseJob(erasing, selections));
    const routes = eraseRoutes({
      storage: context.resolve(CrashStorage),
      engine,
      fields: context.resolve(FieldDictionary),
      clock,
      selections,
      runner: () => context.resolve(JobRunner),
    });
    for (const route of routes) context.contribute(HttpRoute, route);
  },
});
