import { Clock, CrashSink, CrashStorage, definePlugin, FieldDictionary, Outbox, SearchEngine } from '@faultline/sdk';
import { SearchLocalConfig } from './config.js';
import { LocalSearchEngine } from './local-search-engine.js';
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
    const backlog = async () => (await outbox.backlog())['search-local']?.rows ?? 0;
    const folder = ctx.paths.data;
    const engine = await LocalSearchEngine.open({ folder, fields, storage, clock, logger, config, backlog });
    ctx.onStop(() => engine.close());
    ctx.provide(SearchEngine, engine);
    ctx.contribute(CrashSink, searchSink(engine));

    // Later, because the fields of plugins that start after this one must be known.
    const check = clock
      .sleep(config.checkDelay, signal)
      .then(() => checkIndex({ engine, storage, fields, logger, signal }))
      .catch((error: unknown) => {
        if (!signal.aborted) logger.error({ error }, 'comparing the search index with the stored crashes failed');
      });
    ctx.onStop(() => check);
  },
});
