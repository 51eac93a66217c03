import { AuditLog, Bus, Clock, definePlugin, HttpRoute, StateStore } from '@faultline/sdk';
import { z } from 'zod';
import { bannerRoutes } from './banner-routes.js';
import { BannerStore } from './banner-store.js';

export default definePlugin({
  config: z.strictObject({}),
  activate(ctx) {
    const banners = new BannerStore(ctx.resolve(StateStore), ctx.resolve(Clock));
    const parts = { banners, audit: ctx.resolve(AuditLog), bus: ctx.resolve(Bus) };
    for (const route of bannerRoutes(parts)) ctx.contribute(HttpRoute, route);
  },
});
