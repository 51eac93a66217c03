import { Bus, Clock, definePlugin, HttpRoute, Job, JobRunner, Random, ServerInfo, StateStore } from '@faultline/sdk';
import { backfillRoute } from './backfill-route.js';
import { JobsConfig } from './config.js';
import { historyJob } from './history-job.js';
import { JobExecutor } from './job-executor.js';
import { jobRoutes } from './job-routes.js';
import { JobRunStore } from './job-run-store.js';
import { JobScheduler } from './job-scheduler.js';
import { SharedJobRunner } from './shared-job-runner.js';

export default definePlugin({
  config: JobsConfig,
  activate(ctx) {
    const { config, logger } = ctx;
    const clock = ctx.resolve(Clock);
    const state = ctx.resolve(StateStore);
    const jobs = ctx.contributions(Job);
    const store = new JobRunStore(state);
    const runner = new SharedJobRunner({ store, state, jobs, clock, random: ctx.resolve(Random) });
    const jitter = config.jitter * 1000;
    const scheduler = new JobScheduler({ store, state, runner, jobs, clock, logger, jitter });
    ctx.provide(JobRunner, runner);
    ctx.contribute(Job, historyJob(store, config.keepRuns));
    for (const route of jobRoutes({ jobs, store, runner, scheduler })) ctx.contribute(HttpRoute, route);
    ctx.contribute(HttpRoute, backfillRoute({ jobs, store, clock }));
    if (!ctx.roles.has('jobs')) return;

    // A job that runs before the others are there would find half of what it needs.
    ctx.onReady(() => {
      const { concurrency } = config;
      const { nodeId } = ctx.resolve(ServerInfo);
      const executor = new JobExecutor({
        store,
        state,
        jobs,
        clock,
        bus: ctx.resolve(Bus),
        logger,
        nodeId,
        concurrency,
      });
      const stop = new AbortController();
      const running = [executor.run(stop.signal), scheduler.run(stop.signal)];
      ctx.onStop(async () => {
        stop.abort();
        await Promise.all(running);
      });
    });
  },
});
