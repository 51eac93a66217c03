import { defineRoute, type Clock, type HttpRoute, type Principal } from '@faultline/sdk';
import {
  GroupChangeAnswer,
  GroupChangeRequest,
  GroupHistory,
  GroupSignature,
  GroupVisit,
  type GroupOutcome,
  type GroupTriage,
} from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { ChangeOutcome, GroupChanges } from '../groups/group-changes.js';
import type { GroupsNow, GroupStore } from '../groups/group-store.js';
import { triageOf, type ListSources } from '../list-groups.js';
import type { Visits } from '../visits.js';

const mostHistory = 200;

export interface ChangeRouteServices extends Pick<ListSources, 'sightings' | 'ownership'> {
  changes: GroupChanges;
  groups: GroupStore;
  visits: Visits;
  clock: Clock;
}

export function changeRoutes(services: ChangeRouteServices): HttpRoute[] {
  const { changes, groups, visits } = services;
  return [
    defineRoute({
      id: 'triage/change-groups',
      method: 'POST',
      path: '/api/v1/groups/changes',
      summary: 'One change to one group or many: state, assignee, tags, notes, tickets, merge, split, alias',
      access: 'triage',
      request: { body: GroupChangeRequest },
      response: GroupChangeAnswer,
      async handle({ body, principal }) {
        const answer = await changes.change(body.groups, body.change, principal);
        return { body: await answerOf(services, answer, principal) };
      },
    }),
    defineRoute({
      id: 'triage/undo-groups',
      method: 'POST',
      path: '/api/v1/groups/operations/:id/undo',
      summary: 'Undo a change: groups that were changed since stay as they are, and are named',
      access: 'triage',
      request: { params: z.strictObject({ id: z.string().max(100) }) },
      response: GroupChangeAnswer,
      async handle({ params, principal }) {
        return { body: await answerOf(services, await changes.undo(params.id, principal), principal) };
      },
    }),
    defineRoute({
      id: 'triage/group-history',
      method: 'GET',
      path: '/api/v1/groups/history',
      summary: 'Who did what with a group, newest first',
      access: 'reader',
      request: { query: z.strictObject({ signature: GroupSignature }) },
      response: GroupHistory,
      async handle({ query }) {
        const group = (await groups.all()).map.groupOf(query.signature);
        const kept = await groups.history(group.id, mostHistory);
        return { body: { entries: kept.map(({ entry }) => entry) } satisfies GroupHistory };
      },
    }),
    defineRoute({
      id: 'triage/visit',
      method: 'POST',
      path: '/api/v1/groups/visits',
      summary: 'Looks at the groups now; says when the visit before ended',
      access: 'signed-in',
      response: GroupVisit,
      async handle({ principal }) {
        const before = await visits.look(principal);
        return { body: { lastVisit: before === null ? '' : new Date(before).toISOString() } satisfies GroupVisit };
      },
    }),
  ];
}

/** A single group's conflict or refusal is the answer itself; of many, each has its own. */
async function answerOf(
  services: ChangeRouteServices,
  { operation, outcomes }: { operation: string; outcomes: ChangeOutcome[] },
  principal: Pick<Principal, 'id'>,
): Promise<GroupChangeAnswer> {
  const now = await services.groups.all();
  const lastVisit = await services.visits.lastVisit(principal);
  const shown: GroupOutcome[] = [];
  for (const { group, ...outcome } of outcomes) {
    const triage = group === null ? null : await viewOf(services, now, group.signature, lastVisit);
    shown.push({ ...outcome, triage });
  }
  const [only] = shown;
  if (shown.length === 1 && only !== undefined && only.error !== null) {
    const isConflict = only.outcome === 'conflict' || only.error.code === 'SIGNATURE_TAKEN';
    throw new FaultlineError(isConflict ? 'Conflict' : 'Malformed', only.error.code, only.error.message, {
      ...(only.outcome === 'conflict' ? { hint: 'Look at the change, then make yours once more.' } : {}),
      details: { triage: only.triage, other: only.other },
    });
  }
  return { operation, outcomes: shown };
}

/** What people made of the group of a signature. */
export async function viewOf(
  services: ChangeRouteServices,
  { map, versions }: GroupsNow,
  signature: string,
  lastVisit: number | null,
): Promise<GroupTriage> {
  const record = map.groupOf(signature);
  const group = {
    record,
    version: versions.get(record.id) ?? 0,
    signature: record.signature,
    signatures: map.signaturesOf(record),
  };
  const seen = await services.sightings.get(record.signature);
  const firstSeen = seen?.products[0]?.firstDate ?? '';
  return await triageOf(services, group, { now: services.clock.now(), lastVisit, firstSeen });
}
