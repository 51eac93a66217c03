import { defineRoute } from '@faultline/sdk';
import type { ContributionList, HttpRoute, Notice, Notifier, StateStore } from '@faultline/sdk';
import { NoticeChannelList, NoticeList, NoticeTestAnswer, type NoticeShape } from '@faultline/sdk/api';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { channelPrefix, listState, outPrefix, type ChannelState, type Delivery } from './notice-state.js';
import type { StateNoticeBoard } from './state-notice-board.js';

const mostShown = 50;

export function noticeRoutes(parts: {
  board: StateNoticeBoard;
  notifiers: ContributionList<Notifier>;
  state: StateStore;
}): HttpRoute[] {
  const { board, notifiers, state } = parts;
  return [
    defineRoute({
      id: 'notices/list',
      method: 'GET',
      path: '/api/v1/notices',
      summary: 'What is wrong now, and what was lately',
      access: 'manage',
      response: NoticeList,
      async handle() {
        const [open, past] = [await board.open(), await board.past()];
        return { body: { open: open.map(shape), past: past.slice(0, mostShown).map(shape) } };
      },
    }),
    defineRoute({
      id: 'notices/channels',
      method: 'GET',
      path: '/api/v1/notices/channels',
      summary: 'The ways that notices go out, and how they do',
      access: 'manage',
      response: NoticeChannelList,
      async handle() {
        const waiting = await listState<Delivery>(state, outPrefix);
        const channels = notifiers.all().map(async ({ value: { id, title, target } }) => {
          const known = await state.get<ChannelState>([...channelPrefix, id]);
          const own = waiting.filter(({ notifier }) => notifier === id);
          const next = own[0];
          return {
            id,
            title,
            target,
            waiting: own.length,
            lastDelivery: time(known?.value.lastDelivery ?? null),
            error: known?.value.error ?? null,
            nextAttempt: time(next === undefined || next.attempts === 0 ? null : next.due),
          };
        });
        return { body: { channels: await Promise.all(channels) } };
      },
    }),
    defineRoute({
      id: 'notices/test',
      method: 'POST',
      path: '/api/v1/notices/channels/test',
      summary: 'Send a test message now, and say what came of it',
      access: 'manage',
      request: { body: z.strictObject({ channel: z.string().min(1).max(200) }) },
      response: NoticeTestAnswer,
      async handle({ body, signal }) {
        const notifier = notifiers.get(body.channel)?.value;
        if (notifier === undefined) {
          throw new FaultlineError('NotFound', 'NOTIFIER_UNKNOWN', `There is no notifier "${body.channel}".`, {
            hint: `There are: ${notifiers
              .all()
              .map(({ value }) => value.id)
              .join(', ')}.`,
          });
        }
        try {
          await notifier.deliver(board.testMessage(), signal);
          return { body: { isDelivered: true, error: null } };
        } catch (error) {
          return { body: { isDelivered: false, error: asFaultlineError(error, 'NOTIFIER_FAILED').message } };
        }
      },
    }),
  ];
}

function shape({ key, owner, severity, text, hint, link, raisedAt, clearedAt }: Notice): NoticeShape {
  return {
    key,
    owner,
    severity,
    text,
    hint,
    link,
    raisedAt: new Date(raisedAt).toISOString(),
    clearedAt: time(clearedAt),
  };
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
