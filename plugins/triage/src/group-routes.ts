import { defineRoute, type HttpRoute, type ProductSettings, type ServerInfo } from '@faultline/sdk';
import { GroupDetail, GroupDetailParameters, GroupList, GroupParameters, TicketDraft } from '@faultline/sdk/api';
import { templateOf, type TriageConfig } from './config.js';
import { describeGroup, type GroupSources } from './describe-group.js';
import { groupScope } from './group-scope.js';
import { statesOf } from './group-wish.js';
import { listGroups } from './list-groups.js';
import { ticketDraft, type TicketFacts } from './ticket-draft.js';

export interface GroupRouteServices extends GroupSources {
  config: TriageConfig;
  server: Pick<ServerInfo, 'publicUrl'>;
  /** The product's ways to a new ticket; none for a product that nobody declared. */
  ticketLinks(product: string): Promise<ProductSettings['ticketLinks']>;
}

export function groupRoutes(services: GroupRouteServices): HttpRoute[] {
  const { dictionary, clock, config, server } = services;
  return [
    defineRoute({
      id: 'triage/groups',
      method: 'GET',
      path: '/api/v1/groups',
      summary: 'Groups of a scope, with their counts, trends and states',
      access: 'reader',
      request: { query: GroupParameters },
      response: GroupList,
      async handle({ query, principal, signal }) {
        const mayViewProtected = principal.permissions.has('view_pii');
        const scope = groupScope(query, { dictionary, mayViewProtected, now: clock.now(), signal });
        return { body: await listGroups(services, scope, { ...query, states: statesOf(query.state), principal }) };
      },
    }),
    defineRoute({
      id: 'triage/group',
      method: 'GET',
      path: '/api/v1/groups/detail',
      summary: 'One group: where it happens, its newest reports, its top frames, when it was seen, its notes',
      access: 'reader',
      request: { query: GroupDetailParameters },
      response: GroupDetail,
      async handle({ query, principal, signal }) {
        const mayViewProtected = principal.permissions.has('view_pii');
        const scope = groupScope(query, { dictionary, mayViewProtected, now: clock.now(), signal });
        return { body: await describeGroup(services, scope, { signature: query.signature, principal }) };
      },
    }),
    defineRoute({
      id: 'triage/ticket',
      method: 'GET',
      path: '/api/v1/groups/ticket',
      summary: "A new ticket for a group, filled in by its product's template",
      access: 'triage',
      request: { query: GroupDetailParameters },
      response: TicketDraft,
      async handle({ query, principal, signal }) {
        // A ticket is read by others: never more than everybody may see.
        const scope = groupScope(query, { dictionary, mayViewProtected: false, now: clock.now(), signal });
        const { group, newest, topFrames, breakdowns } = await describeGroup(services, scope, {
          signature: query.signature,
          principal,
        });
        const product = group.products[0]?.term ?? '';
        const facts: TicketFacts = {
          signature: group.signature,
          product,
          version: group.lastVersion,
          count: group.count,
          firstSeen: group.firstSeen.slice(0, 10),
          frames: topFrames.map((frame) =>
            frame.module === '' ? frame.function : `${frame.module}!${frame.function}`,
          ),
          link: `${server.publicUrl()}/group?signature=${encodeURIComponent(group.signature)}`,
          os: group.platforms[0]?.term ?? '',
          cpu: breakdowns.find(({ field }) => field === 'cpu_arch')?.buckets[0]?.term ?? '',
          reason: String(newest[0]?.['reason'] ?? ''),
          crashId: String(newest[0]?.['crash_id'] ?? ''),
        };
        const trackers = await services.ticketLinks(product);
        return { body: ticketDraft(templateOf(config, product), facts, trackers) satisfies TicketDraft };
      },
    }),
  ];
}
