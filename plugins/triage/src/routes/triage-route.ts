import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { GroupNow, GroupSignature } from '@faultline/sdk/api';
import { z } from 'zod';
import { viewOf, type ChangeRouteServices } from './change-routes.js';

/** What people made of one group, without counting its crashes: for a page that heard of a change. */
export function triageRoute(services: ChangeRouteServices): HttpRoute {
  return defineRoute({
    id: 'triage/group-triage',
    method: 'GET',
    path: '/api/v1/groups/triage',
    summary: 'What people made of a group, and the last change to it',
    access: 'reader',
    request: { query: z.strictObject({ signature: GroupSignature }) },
    response: GroupNow,
    async handle({ query, principal }) {
      const now = await services.groups.all();
      const { id, signature } = now.map.groupOf(query.signature);
      const { last } = await services.groups.get(id, signature);
      const triage = await viewOf(services, now, signature, await services.visits.lastVisit(principal));
      return { body: { signature, triage, last } satisfies GroupNow };
    },
  });
}
