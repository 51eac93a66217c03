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
    const upkeep = context.resolve(StorageUpkeep);
    const audit = context.resolve(AuditLog);
    const bus = context.resolve(Bus);
    const erasing = new EveryPlaceErasing({
      store: (ids, options) => upkeep.erase(ids, options),
      scrub: (signal) => upkeep.scrubState(signal),
      index: (ids) => engine.remove(ids),
      sinks: context.contributions(CrashSink),
      erasers: context.contributions(CrashEraser),
      tell: (crashId) => bus.emit('crash.deleted', { crashId }),
      audit: (entry) => audit.record(entry),
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
