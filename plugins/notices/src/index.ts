import {
  Clock,
  definePlugin,
  HttpRoute,
  Job,
  NoticeBoard,
  NoticeSource,
  Notifier,
  ServerInfo,
  StateStore,
} from '@faultline/sdk';
import { NoticesConfig } from './config.js';
import { Courier } from './courier.js';
import { lookJob } from './look-job.js';
import { noticeRoutes } from './notice-routes.js';
import { mailNotifier } from './notifiers/mail-notifier.js';
import { webhookNotifier } from './notifiers/webhook-notifier.js';
import { StateNoticeBoard } from './state-notice-board.js';

export default definePlugin({
  config: NoticesConfig,
  activate(context) {
    const { config, logger, roles } = context;
    const state = context.resolve(StateStore);
    const clock = context.resolve(Clock);
    const server = context.resolve(ServerInfo);
    const notifiers = context.contributions(Notifier);
    const board = new StateNoticeBoard({
      state,
      clock,
      notifiers,
      after: config.after * 1000,
      remind: config.remind * 3_600_000,
      publicUrl: () => server.publicUrl(),
    });
    context.provide(NoticeBoard, board);
    const surroundings = { dataFolder: server.dataFolder, timeout: config.timeout };
    for (const [name, webhook] of Object.entries(config.webhooks)) {
      context.contribute(Notifier, webhookNotifier(name, webhook, surroundings));
    }
    if (config.mail !== undefined) context.contribute(Notifier, mailNotifier(config.mail, surroundings));
    for (const route of noticeRoutes({ board, notifiers, state })) context.contribute(HttpRoute, route);
    context.contribute(Job, lookJob(context.contributions(NoticeSource), board));
    if (!roles.has('web') && !roles.has('jobs')) return;
    context.onReady(() => {
      const stop = new AbortController();
      const courier = new Courier({
        state,
        clock,
        logger,
        notifiers,
        nodeId: server.nodeId,
        firstRetry: config.firstRetry,
        retryFor: config.retryFor * 3_600_000,
      });
      const running = courier.run(stop.signal);
      context.onStop(async () => {
        stop.abort();
        await running;
      });
    });
  },
});
