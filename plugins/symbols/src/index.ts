import path from 'node:path';
import {
  AuditLog,
  Bus,
  Clock,
  definePlugin,
  HttpRoute,
  Job,
  JobRunner,
  MetricSource,
  ProductCatalog,
  Random,
  SearchEngine,
  ServerInfo,
  StateStore,
  SymbolSource,
  type PluginContext,
} from '@faultline/sdk';
import { CacheQuota } from './cache/cache-quota.js';
import { PinList } from './cache/pin-list.js';
import { pinnedBy } from './cache/symbol-pins.js';
import { sweepJob } from './cache/sweep-job.js';
import { SymbolsConfig } from './config.js';
import { ArrivedSymbols } from './missing/arrived-symbols.js';
import { Mendings } from './missing/mendings.js';
import { rankJob } from './missing/rank-job.js';
import { SymbolMender } from './missing/symbol-mender.js';
import { ConversionQueue } from './convert/conversion-queue.js';
import { convertJob, convertJobId } from './convert/convert-job.js';
import { conversionRoutes } from './routes/conversion-routes.js';
import { debuginfodRoutes } from './routes/debuginfod-routes.js';
import { announcedUploadRoutes } from './routes/announced-upload-routes.js';
import { cacheRoutes } from './routes/cache-routes.js';
import { downloadRoutes } from './routes/download-routes.js';
import { lookupRoutes } from './routes/lookup-routes.js';
import { mendingRoutes } from './routes/mending-routes.js';
import { missingRoutes } from './routes/missing-routes.js';
import { symbolRoutes } from './routes/symbol-routes.js';
import { symbolicateRoutes } from './routes/symbolicate-routes.js';
import { uploadRoutes } from './routes/upload-routes.js';
import { fetchJob } from './native/fetch-job.js';
import { NativeUpstream } from './native/native-upstream.js';
import { DownloadCache } from './provider/download-cache.js';
import { Arrivals } from './store/arrivals.js';
import { expiryJob } from './store/expiry-job.js';
import { storeStatus } from './store/store-status.js';
import { SymbolRecords } from './store/symbol-records.js';
import { incomingFolder, SymbolStore } from './store/symbol-store.js';
import { IndexAhead } from './symbolicate/index-ahead.js';
import { SymbolsThread } from './symbolicate/symbols-thread.js';
import { UpstreamHealth } from './upstream/upstream-health.js';
import { upstreamMetrics } from './upstream/upstream-metrics.js';
import { resumeUploads } from './upload/resume-uploads.js';
import { mostRatio } from './upload/unpacked-ratio.js';
import { UploadSessions } from './upload/upload-session.js';
import { UploadTally } from './upload/upload-tally.js';
import { optionsForProduct, walkerOptions } from './walker-options.js';

export default definePlugin({
  config: SymbolsConfig,
  activate(context) {
    const { config } = context;
    const dataFolder = path.resolve(context.paths.data, '../..');
    const cacheFolder = context.paths.cache;
    const walkers = walkerOptions(config, { dataFolder, cacheFolder });
    let catalog: ProductCatalog | null = null;
    context.contribute(SymbolSource, {
      id: 'symbols',
      title: 'Symbol folders and servers',
      order: 100,
      module: new URL('./sources.js', import.meta.url).href,
      options: walkers,
      optionsFor: (product) => optionsForProduct(walkers, serversOf(product, catalog), config),
    });
    context.onReady(() => {
      catalog = productCatalog(context);
    });

    const clock = context.resolve(Clock);
    const state = context.resolve(StateStore);
    const records = new SymbolRecords(state);
    const store = new SymbolStore({
      folder: path.join(dataFolder, 'symbols'),
      tryFolder: path.join(dataFolder, 'symbols-try'),
      records,
      clock,
      maxBytes: config.maxTextSize,
    });
    const audit = () => context.resolve(AuditLog);
    const pins = new PinList(state, cacheFolder);
    const cache = {
      folder: cacheFolder,
      maxBytes: config.cache.maxSize,
      keepFree: config.cache.keepFree,
      missLifetime: config.missLifetime,
    };
    if (context.roles.has('processor')) {
      context.contribute(MetricSource, upstreamMetrics(walkers.upstreams, cacheFolder, clock));
    }
    context.contribute(Job, sweepJob(new CacheQuota(cache, () => clock.now())));
    context.onReady(() => pins.copy());
    const bus = context.resolve(Bus);
    const random = context.resolve(Random);
    const sessions = new UploadSessions(state, clock, random);
    const convertFolder = path.join(cacheFolder, 'convert');
    const uploadFolder = path.join(cacheFolder, 'uploads');
    const retention = { ...config.retention, isPinned: async () => pinnedBy(await pins.all()) };
    const workFolders = [path.join(dataFolder, 'symbols', incomingFolder), uploadFolder, convertFolder];
    const lifetime = config.tryLifetime * 86_400_000;
    context.contribute(Job, expiryJob(store, { records, sessions, clock, lifetime, retention, workFolders }));
    const server = () => context.resolve(ServerInfo);
    // Resolved when asked for: they may start after this plugin, or not be there at all.
    const engine = () => context.resolve(SearchEngine);
    const runner = () => context.resolve(JobRunner);
    context.contribute(Job, rankJob({ engine, clock, state }));
    const queue = new ConversionQueue(state, clock);
    const begin = async () => {
      const running = await runner().list({ job: convertJobId, limit: 5 });
      // One that waits has not looked at the queue yet; one that runs may have.
      if (running.some(({ status }) => status === 'waiting')) return;
      await runner().start(convertJobId, null, 'symbols');
    };
    const arrived = new ArrivedSymbols(state, clock);
    const arrivals = new Arrivals(bus, arrived, async (record) => {
      if ((await queue.add(record)) > 0) await begin();
    });
    const limits = { ...config.dumpSyms };
    context.contribute(Job, convertJob({ queue, records, arrivals, clock, store, limits, folder: convertFolder }));
    const natives = walkers.upstreams.filter(({ layout }) => layout !== 'breakpad');
    if (natives.length > 0) {
      const downloads = new DownloadCache(cacheFolder, config.missLifetime, () => clock.now());
      const bounds = { ...walkers, maxBytes: config.maxDownloadSize };
      const upstreams = natives.map((upstream) => {
        const health = new UpstreamHealth(cacheFolder, upstream.url, () => clock.now());
        return new NativeUpstream({ upstream, cache: downloads, health, store, bounds });
      });
      context.contribute(Job, fetchJob({ upstreams, engine, clock, records, arrivals }));
    }
    const thread = new SymbolsThread({
      program: new URL('./symbolicate/symbols-worker.js', import.meta.url),
      provider: walkers,
      idleAfter: 30_000,
      limit: config.timeout + 60_000,
      mostWaiting: 200,
    });
    context.onStop(() => thread.close());
    const status = () => storeStatus({ records, store, retention, tryDays: config.tryLifetime, clock });
    const tally = new UploadTally(records, clock);
    const routes = [
      ...missingRoutes(engine, clock, state),
      ...cacheRoutes({ ...cache, upstreams: walkers.upstreams, pins, clock, audit }),
      ...symbolicateRoutes(thread, records),
      ...announcedUploadRoutes({ store, records, tally, sessions, arrivals, server, clock }),
      ...downloadRoutes(store, records),
      ...debuginfodRoutes(store, records),
      ...conversionRoutes({ queue, program: limits.program, begin }),
      ...symbolRoutes({ store, records, arrivals, audit, pins, status }),
      ...uploadRoutes({
        store,
        records,
        arrivals,
        clock,
        random,
        folder: uploadFolder,
        maxBytes: config.upload.maxSize,
        allowedHosts: config.upload.allowedHosts,
        refusedNames: config.upload.refusedNames,
        urlTimeout: 60 * 60_000,
        limits: { maxMembers: config.upload.maxFiles, maxBytes: config.upload.maxUnpacked, maxRatio: mostRatio },
      }),
    ];
    const { logger } = context;
    const mendings = new Mendings(state, clock, random);
    const { automatic: isAutomatic, rate } = config.reprocess;
    const mender = new SymbolMender({ bus, clock, logger, engine, runner, mendings, arrived, isAutomatic, rate });
    routes.push(...mendingRoutes({ mendings, mender, runner, rate }), ...lookupRoutes({ thread, records, queue }));
    for (const route of routes) context.contribute(HttpRoute, route);
    // One process of those that share a folder: the one that answers the uploads.
    if (!context.roles.has('web')) return;
    context.onStop(new IndexAhead(thread, records, logger).listen(bus));
    context.onReady(async () => {
      await resumeUploads(records, arrivals, clock);
      context.onStop(await mender.listen());
    });
  },
});

/** Without the plugin `products` no product has symbol servers of its own. */
function productCatalog(context: Pick<PluginContext, 'resolve' | 'logger'>): ProductCatalog | null {
  try {
    return context.resolve(ProductCatalog);
  } catch (error) {
    context.logger.info({ error: String(error) }, 'No products are known here: all have the same symbol servers');
    return null;
  }
}

function serversOf(product: string, catalog: Pick<ProductCatalog, 'snapshot'> | null): readonly string[] {
  const known = catalog?.snapshot().find(({ name, aliases }) => name === product || aliases.includes(product));
  return known?.symbolSources ?? [];
}
