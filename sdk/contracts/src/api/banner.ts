import { z } from 'zod';

export const bannerLevels = ['info', 'warning', 'critical'] as const;

/** What an admin tells everybody, on every screen. */
export const Banner = z.strictObject({
  /** Plain text; one or two sentences. */
  text: z.string().trim().min(1).max(500),
  level: z.enum(bannerLevels),
  /** ISO 8601; it goes by itself then. Null until it is taken down. */
  until: z.iso.datetime({ offset: true }).nullable(),
});
export type Banner = z.output<typeof Banner>;

export const BannerDetail = z.object({
  /** Null when there is none. */
  banner: Banner.extend({
    /** Since when it stands, ISO 8601. */
    since: z.string(),
  }).nullable(),
});
export type BannerDetail = z.output<typeof BannerDetail>;
