import { fileURLToPath } from 'node:url';
import { Clock, CrashStorage, definePlugin, ServerInfo, Stackwalker, SymbolSource } from '@faultline/sdk';
import { StackwalkConfig } from './config.js';
import { currentBundle } from './current-bundle.js';
import { PooledStackwalker } from './pooled-stackwalker.js';
import { WalkerPool } from './pool/walker-pool.js';

export default definePlugin({
  config: StackwalkConfig,
  activate(context) {
    const pool = new WalkerPool({
      ...context.config,
      module: fileURLToPath(currentBundle('walk-program') ?? new URL('./child/walk-program.js', import.meta.url)),
    });
    context.onStop(() => pool.close());
    context.contribute(
      Stackwalker,
      new PooledStackwalker({
        pool,
        storage: context.resolve(CrashStorage),
        sources: context.contributions(SymbolSource),
        clock: context.resolve(Clock),
        version: context.resolve(ServerInfo).version,
        limits: context.config,
      }),
    );
  },
});
