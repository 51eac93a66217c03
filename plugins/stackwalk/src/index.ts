import { fileURLToPath } from 'node:url';
import {
  Bus,
  Clock,
  CrashStorage,
  definePlugin,
  HttpRoute,
  ServerInfo,
  Stackwalker,
  subjects,
  SymbolSource,
  type WalkEvent,
} from '@faultline/sdk';
import { StackwalkConfig } from './config.js';
import { countersRoute } from './counters-route.js';
import { currentBundle } from './current-bundle.js';
import { PooledStackwalker } from './pooled-stackwalker.js';
import { WalkerPool } from './pool/walker-pool.js';
import { WalkCounters } from './walk-counters.js';

export default definePlugin({
  config: StackwalkConfig,
  activate(context) {
    const bus = context.resolve(Bus);
    const pool = new WalkerPool({
      ...context.config,
      module: fileURLToPath(currentBundle('walk-program') ?? new URL('./child/walk-program.js', import.meta.url)),
    });
    context.onStop(() => pool.close());

    // Processors may run elsewhere: pages count what they hear, not what this process did.
    const counters = new WalkCounters();
    context.onStop(bus.on<WalkEvent>(subjects.walkFinished, (event) => counters.count(event)));
    context.contribute(
      HttpRoute,
      countersRoute(() => counters.figures(pool.size)),
    );

    // A short-lived command has no roles, and may walk.
    if (context.roles.size > 0 && !context.roles.has('processor')) return;
    context.contribute(
      Stackwalker,
      new PooledStackwalker({
        pool,
        storage: context.resolve(CrashStorage),
        sources: context.contributions(SymbolSource),
        clock: context.resolve(Clock),
        version: context.resolve(ServerInfo).version,
        limits: context.config,
        finished: (event) => bus.emit(subjects.walkFinished, event),
      }),
    );
  },
});
