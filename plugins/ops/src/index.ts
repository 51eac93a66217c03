import path from 'node:path';
import {
  Bus,
  Clock,
  CrashProcessing,
  CrashSink,
  CrashStorage,
  definePlugin,
  HttpRoute,
  isFaultlineError,
  Job,
  JobRunner,
  MetricSource,
  NoticeBoard,
  Notifier,
  Outbox,
  PluginCatalog,
  SearchEngine,
  ServerInfo,
  Stackwalker,
  StateStore,
  StorageUpkeep,
  SymbolSource,
} from '@faultline/sdk';
import type { Contributed, ContributionPoint, Token } from '@faultline/sdk';
import { Agent } from './agent.js';
import { OpsConfig } from './config.js';
import { History } from './history/history.js';
import { keySeries } from './history/key-series.js';
import { holdNotices } from './hold-notices.js';
import { verifyProcessedJob } from './jobs/verify-processed.js';
import { operationsRoutes } from './routes/operations-routes.js';
import { waitingRoute } from './routes/waiting-route.js';
import { Turn } from './turn.js';
import { Watch, type WatchState } from './watch/watch.js';

export default definePlugin({
  config: OpsConfig,
  activate(context) {
    const { config, logger, roles } = context;
    if (roles.size === 0) return;
    const bus = context.resolve(Bus);
    const clock = context.resolve(Clock);
    const server = context.resolve(ServerInfo);
    const agent = new Agent({ bus, clock, logger, node: server.nodeId, sources: context.contributions(MetricSource) });
    context.onReady(() => context.onStop(agent.start(config.every)));
    if (!roles.has('web') && !roles.has('jobs')) return;

    // They may start after this plugin, or not at all.
    const ifThere = <T>(service: Token<T>): T | null => {
      try {
        return context.resolve(service);
      } catch (error) {
        if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return null;
        throw error;
      }
    };
    const titles = (contributions: { all(): readonly { value: { id: string; title: string } }[] }) =>
      new Map(contributions.all().map(({ value }) => [value.id, value.title]));
    const points = [CrashSink, Notifier, Stackwalker, SymbolSource] as const;
    const idsOf = (point: ContributionPoint<Contributed>, plugin: string) =>
      context
        .contributions(point)
        .all()
        .filter((contribution) => contribution.plugin === plugin)
        .map(({ value }) => value.id);
    const running = () => ({
      states: context.resolve(PluginCatalog).states(),
      contributed: (plugin: string) => Object.fromEntries(points.map((point) => [point.id, idsOf(point, plugin)])),
    });
    const state = context.resolve(StateStore);
    const history = new History(path.join(context.paths.data, 'history.ring'), logger);
    const turn = new Turn({ state, clock, nodeId: server.nodeId, isAlone: !server.sharesFolder });
    const onLook = async (seen: WatchState): Promise<void> => {
      if (!(await turn.isMine())) return await history.stepBack();
      await history.record(seen.now, keySeries(seen));
      const board = ifThere(NoticeBoard);
      if (board !== null) await holdNotices(board, seen.problems, seen.now);
    };
    const storage = context.resolve(CrashStorage);
    const engine = () => ifThere(SearchEngine);
    const processing = () => ifThere(CrashProcessing);
    const upkeep = ifThere(StorageUpkeep);
    if (upkeep !== null) context.contribute(Job, verifyProcessedJob({ storage, upkeep, processing, engine }));
    const watch = new Watch({
      config,
      bus,
      clock,
      logger,
      sources: {
        bus,
        state,
        outbox: context.resolve(Outbox),
        storage,
        dataFolder: server.dataFolder,
        engine,
      },
      runner: () => ifThere(JobRunner),
      sinkTitles: () => titles(context.contributions(CrashSink)),
      jobTitles: () => titles(context.contributions(Job)),
      parkedRules: () => (processing()?.parkedRules() ?? []).map(({ rule }) => rule),
      onLook,
    });
    for (const route of operationsRoutes({ watch, history, clock, server, running }))
      context.contribute(HttpRoute, route);
    context.contribute(HttpRoute, waitingRoute({ storage, outbox: context.resolve(Outbox), clock }));
    context.onReady(() => {
      context.onStop(async () => {
        await turn.release();
        await history.close();
      });
      context.onStop(watch.start());
    });
  },
});
