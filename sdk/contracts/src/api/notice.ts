import { z } from 'zod';
import { noticeSeverities } from '../notice.js';

const date = z.iso.datetime();

export const NoticeShape = z.object({
  key: z.string(),
  owner: z.string(),
  severity: z.enum(noticeSeverities),
  text: z.string(),
  hint: z.string(),
  link: z.string(),
  raisedAt: date,
  clearedAt: date.nullable(),
});
export type NoticeShape = z.output<typeof NoticeShape>;

/** GET /api/v1/notices (manage): what is wrong now, and what was lately. */
export const NoticeList = z.object({ open: z.array(NoticeShape), past: z.array(NoticeShape) });
export type NoticeList = z.output<typeof NoticeList>;

/** GET /api/v1/notices/channels (manage): the ways out, and how they do. */
export const NoticeChannelList = z.object({
  channels: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** Where it goes, without secrets. */
      target: z.string(),
      waiting: z.number(),
      lastDelivery: date.nullable(),
      /** Of the last attempt; null when it went through. */
      error: z.string().nullable(),
      nextAttempt: date.nullable(),
    }),
  ),
});
export type NoticeChannelList = z.output<typeof NoticeChannelList>;

/** POST /api/v1/notices/channels/test: what came of a test message. */
export const NoticeTestAnswer = z.object({ isDelivered: z.boolean(), error: z.string().nullable() });
export type NoticeTestAnswer = z.output<typeof NoticeTestAnswer>;
