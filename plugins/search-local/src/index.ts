import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Bus,
  Clock,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  Job,
  Outbox,
  SearchEngine,
  ServerInfo,
  StateStore,
} from '@faultline/sdk';
import { SearchLocalConfig } from './config.js';
import { LocalSearchEngine } from './local-search-engine.js';
import { OneAtATime } from './one-at-a-time.js';
import { rebuildJob } from './rebuild-job.js';
import { searchSink } from './search-sink.js';
import { writeDurably } from './segments/segment-file.js';
import { checkIndex } from './self-check.js';
import { HeadLease } from './shared/head-lease.js';
import { SharedIndexPort } from './shared/shared-index-port.js';
import { openIndexPort } from './thread/open-index-port.js';

export default definePlugin({
  config: SearchLocalConfig,
  async activate(ctx) {
    // Commands that only look at the folder leave the index to the server that has it open.
    if (ctx.roles.size === 0) return;
    const storage = ctx.resolve(CrashStorage);
    const clock = ctx.resolve(Clock);
    const outbox = ctx.resolve(Outbox);
    const { config, logger, signal } = ctx;
    const folder = ctx.paths.data;
    const checks = new OneAtATime();
    let head: HeadLease | null = null;
    const check = (delay: number) =>
      checks.run(async () => {
        try {
          await clock.sleep(delay, signal);
          await checkIndex({ engine, storage, logger, signal });
        } catch (error) {
          if (!signal.aborted) logger.error({ error }, 'comparing the search index with the stored crashes failed');
        }
      });
    const openHere = () =>
      openIndexPort({
        start: { folder: join(folder, 'index'), cacheSize: config.cacheSize, flushRows: config.flushRows },
        idleAfter: config.idleAfter,
        logger,
        onDamage: () => void check(0),
      });
    const server = ctx.resolve(ServerInfo);
    const shared = server.sharesFolder
      ? new SharedIndexPort({ bus: ctx.resolve(Bus), isTrusted: () => head?.isTrusted ?? false })
      : null;
    const port = shared ?? (await openHere());
    const engine = new LocalSearchEngine({
      port,
      fields: ctx.resolve(FieldDictionary),
      storage,
      clock,
      probe: () => probe(join(folder, 'probe')),
      backlog: async () => (await outbox.backlog())['search-local']?.rows ?? 0,
    });
    ctx.onStop(() => engine.close());
    ctx.provide(SearchEngine, engine);
    ctx.contribute(
      CrashSink,
      searchSink(engine, () => shared?.isHead ?? true),
    );
    ctx.contribute(Job, rebuildJob({ engine, storage }));

    ctx.onStop(() => checks.run(() => Promise.resolve()));
    // Later, because the fields of plugins that start after this one must be known.
    if (shared === null) {
      // What is there is opened while the other plugins start, so that the first question finds it ready.
      port.ask('status', {}).catch((error: unknown) => logger.warn({ error }, 'the search index did not open'));
      return void check(config.checkDelay);
    }
    if (!ctx.roles.has('processor')) return;
    // Its sink is fed by processors, so one of them has the index.
    head = new HeadLease({
      state: ctx.resolve(StateStore),
      clock,
      logger,
      nodeId: server.nodeId,
      begin: async () => {
        shared.takeOver(await openHere());
        void check(config.checkDelay);
      },
      end: () => shared.handOver(),
    });
    const { ended } = await head.campaign(signal);
    ctx.onStop(() => ended);
  },
});

async function probe(path: string): Promise<void> {
  await writeDurably(path, [Buffer.from('probe')]);
  await rm(path);
}
