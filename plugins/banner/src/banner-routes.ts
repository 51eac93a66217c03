import { defineRoute, subjects, type AuditLog, type Bus, type HttpRoute, type Principal } from '@faultline/sdk';
import { Banner, BannerDetail } from '@faultline/sdk/api';
import type { BannerStore } from './banner-store.js';

interface BannerParts {
  banners: BannerStore;
  audit: AuditLog;
  bus: Bus;
}

export function bannerRoutes({ banners, audit, bus }: BannerParts): HttpRoute[] {
  const changed = async (principal: Principal, action: string, details: { level: string } | null): Promise<void> => {
    bus.emit(subjects.bannerChanged, {});
    await audit.record({ actor: principal.id, actorName: principal.name, action, target: 'banner', details });
  };
  return [
    defineRoute({
      id: 'banner/show',
      method: 'GET',
      path: '/api/v1/banner',
      summary: 'The banner of every screen, or null',
      access: 'reader',
      response: BannerDetail,
      async handle() {
        return { body: { banner: await banners.shown() } };
      },
    }),
    defineRoute({
      id: 'banner/put',
      method: 'PUT',
      path: '/api/v1/banner',
      summary: 'Put up a banner in place of the one there is',
      access: 'manage',
      request: { body: Banner },
      response: BannerDetail,
      async handle({ body, principal }) {
        const banner = await banners.put(body);
        await changed(principal, 'banner.put', { level: body.level });
        return { body: { banner } };
      },
    }),
    defineRoute({
      id: 'banner/take-down',
      method: 'DELETE',
      path: '/api/v1/banner',
      summary: 'Take the banner down',
      access: 'manage',
      response: null,
      async handle({ principal }) {
        if (await banners.takeDown()) await changed(principal, 'banner.take-down', null);
        return { status: 204 };
      },
    }),
  ];
}
