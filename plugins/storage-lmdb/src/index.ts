import { Clock, CrashStorage, definePlugin, Outbox, ServerInfo, StateStore, StorageUpkeep } from '@faultline/sdk';
import { StorageConfig } from './config.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ownStrayRejections } from './storage-failure.js';

export default definePlugin({
  config: StorageConfig,
  async activate(context) {
    const { logger, config, roles, signal } = context;
    const server = context.resolve(ServerInfo);
    context.onStop(ownStrayRejections(logger));
    const store = await openEmbeddedStore({
      folder: server.dataFolder,
      config,
      clock: context.resolve(Clock),
      logger,
      version: server.version,
      holds: roles.size > 0,
      shares: server.sharesFolder,
    });
    context.onStop(() => store.close());
    context.provide(StateStore, store.state);
    context.provide(CrashStorage, store.crashes);
    context.provide(Outbox, store.outbox);
    context.provide(StorageUpkeep, store.upkeep);
    if (roles.size === 0) return;
    store.sweep(signal).catch((error: unknown) => {
      if (!signal.aborted) logger.warn({ error: String(error) }, 'Orphans could not be swept');
    });
  },
});
