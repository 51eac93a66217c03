import {
  defineRoute,
  type Clock,
  type CrashStorage,
  type FieldDictionary,
  type HttpRoute,
  type SearchEngine,
} from '@faultline/sdk';
import { GroupDetail, GroupDetailParameters, GroupList, GroupParameters } from '@faultline/sdk/api';
import { describeGroup } from './describe-group.js';
import { groupScope } from './group-scope.js';
import { listGroups } from './list-groups.js';

export interface GroupRouteServices {
  engine: SearchEngine;
  storage: CrashStorage;
  dictionary: FieldDictionary;
  clock: Clock;
}

export function groupRoutes(services: GroupRouteServices): HttpRoute[] {
  const { engine, dictionary, clock } = services;
  return [
    defineRoute({
      id: 'triage/groups',
      method: 'GET',
      path: '/api/v1/groups',
      summary: 'Groups of a scope, with their counts and trends',
      access: 'reader',
      request: { query: GroupParameters },
      response: GroupList,
      async handle({ query, principal, signal }) {
        const mayViewProtected = principal.permissions.has('view_pii');
        const scope = groupScope(query, { dictionary, mayViewProtected, now: clock.now(), signal });
        return { body: await listGroups({ engine, clock }, scope, query) };
      },
    }),
    defineRoute({
      id: 'triage/group',
      method: 'GET',
      path: '/api/v1/groups/detail',
      summary: 'One group: where it happens, its newest reports and its top frames',
      access: 'reader',
      request: { query: GroupDetailParameters },
      response: GroupDetail,
      async handle({ query, principal, signal }) {
        const mayViewProtected = principal.permissions.has('view_pii');
        const scope = groupScope(query, { dictionary, mayViewProtected, now: clock.now(), signal });
        return { body: await describeGroup(services, scope, query.signature) };
      },
    }),
  ];
}
