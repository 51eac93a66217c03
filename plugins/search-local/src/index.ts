import { Clock, CrashSink, CrashStorage, definePlugin, FieldDictionary, Outbox, SearchEngine } from '@faultline/sdk';
import { SearchLocalConfig } from './config.js';
import { LocalSearchEngine } from './local-search-engine.js';
import { OneAtATime } from './one-at-a-time.js';
import { searchSink } from './search-sink.js';
import { checkIndex } from './self-check.js';

export default definePlugin({
  config: SearchLocalConfig,
  async activate(ctx) {
    // Commands that only look at the folder leave the index to the server that has it open.
    if (ctx.roles.size === 0) return;
    const storage = ctx.resolve(CrashStorage);
    const fields = ctx.resolve(FieldDictionary);
    const clock = ctx.resolve(Clock);
    const outbox = ctx.resolve(Outbox);
    const { config, logger, signal } = ctx;
    const checks = new OneAtATime();
    const check = (delay: number) =>
      checks.run(async () => {
        try {
          await clock.sleep(delay, signal);
          await checkIndex({ engine, storage, fields, logger, signal });
        } catch (error) {
          if (!signal.aborted) logger.error({ error }, 'comparing the search index with the stored crashes failed');
        }
      });
    const engine = await LocalSearchEngine.open({
      folder: ctx.paths.data,
      fields,
      storage,
      clock,
      logger,
      config,
      backlog: async () => (await outbox.backlog())['search-local']?.rows ?? 0,
      onDamage: () => void check(0),
    });
    ctx.onStop(() => engine.close());
    ctx.provide(SearchEngine, engine);
    ctx.contribute(CrashSink, searchSink(engine));

    // Later, because the fields of plugins that start after this one must be known.
    void check(config.checkDelay);
    ctx.onStop(() => checks.run(() => Promise.resolve()));
  },
});
