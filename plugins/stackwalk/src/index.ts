import { fileURLToPath } from 'node:url';
import { Clock, CrashStorage, definePlugin, HttpRoute, ServerInfo, Stackwalker, SymbolSource } from '@faultline/sdk';
import { StackwalkConfig } from './config.js';
import { countersRoute } from './counters-route.js';
import { currentBundle } from './current-bundle.js';
import { PooledStackwalker } from './pooled-stackwalker.js';
import { WalkerPool } from './pool/walker-pool.js';
import { WalkCounters } from './walk-counters.js';

export default definePlugin({
  config: StackwalkConfig,
  activate(context) {
    const pool = new WalkerPool({
      ...context.config,
      module: fileURLToPath(currentBundle('walk-program') ?? new URL('./child/walk-program.js', import.meta.url)),
    });
    context.onStop(() => pool.close());
    const counters = new WalkCounters();
    context.contribute(
      HttpRoute,
      countersRoute(() => counters.figures(pool.size)),
    );
    context.contribute(
      Stackwalker,
      new PooledStackwalker({
        pool,
        storage: context.resolve(CrashStorage),
        sources: context.contributions(SymbolSource),
        clock: context.resolve(Clock),
        version: context.resolve(ServerInfo).version,
        limits: context.config,
        counters,
      }),
    );
  },
});
