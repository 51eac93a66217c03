import path from 'node:path';
import { AuditLog, Bus, Clock, definePlugin, HttpRoute, Job, Random, StateStore, SymbolSource } from '@faultline/sdk';
import { SymbolsConfig } from './config.js';
import { downloadRoutes } from './routes/download-routes.js';
import { symbolRoutes } from './routes/symbol-routes.js';
import { uploadRoutes } from './routes/upload-routes.js';
import { expiryJob } from './store/expiry-job.js';
import { SymbolRecords } from './store/symbol-records.js';
import { SymbolStore } from './store/symbol-store.js';
import { walkerOptions } from './walker-options.js';

export default definePlugin({
  config: SymbolsConfig,
  activate(context) {
    const { config } = context;
    const dataFolder = path.resolve(context.paths.data, '../..');
    const cacheFolder = context.paths.cache;
    context.contribute(SymbolSource, {
      id: 'symbols',
      title: 'Symbol folders and servers',
      order: 100,
      module: new URL('./sources.js', import.meta.url).href,
      options: walkerOptions(config, { dataFolder, cacheFolder }),
    });

    const clock = context.resolve(Clock);
    const records = new SymbolRecords(context.resolve(StateStore));
    const store = new SymbolStore({
      folder: path.join(dataFolder, 'symbols'),
      tryFolder: path.join(dataFolder, 'symbols-try'),
      records,
      clock,
      maxBytes: config.maxTextSize,
    });
    context.contribute(Job, expiryJob(store, { records, clock, lifetime: config.tryLifetime * 86_400_000 }));
    const audit = () => context.resolve(AuditLog);
    const routes = [
      ...downloadRoutes(store, records),
      ...symbolRoutes(store, records, audit),
      ...uploadRoutes({
        store,
        records,
        bus: context.resolve(Bus),
        clock,
        random: context.resolve(Random),
        folder: path.join(cacheFolder, 'uploads'),
        maxBytes: config.upload.maxSize,
        limits: { maxMembers: config.upload.maxFiles, maxBytes: config.upload.maxUnpacked, maxRatio: 500 },
      }),
    ];
    for (const route of routes) context.contribute(HttpRoute, route);
  },
});
