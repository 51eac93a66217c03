import { defineRoute } from '@faultline/sdk';
import type { Clock, HttpRoute, Milliseconds, ServerInfo } from '@faultline/sdk';
import { OperationsHistory, OperationsSnapshot, PublicStatus, TopologyAnswer } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { History } from '../history/history.js';
import { publicStatus } from '../public-status.js';
import { runningTopology, type RunningPlugins } from '../topology/running-topology.js';
import type { Watch } from '../watch/watch.js';

const longest: Milliseconds = 15 * 86_400_000;

export function operationsRoutes(parts: {
  watch: Watch;
  history: History;
  clock: Clock;
  server: ServerInfo;
  running(): RunningPlugins;
}): HttpRoute[] {
  const { watch, history, clock, server, running } = parts;
  return [
    defineRoute({
      id: 'ops/snapshot',
      method: 'GET',
      path: '/api/v1/operations',
      summary: 'How everything is, now: a sentence, problems, processes, queues, steps, rules, sinks',
      access: 'manage',
      response: OperationsSnapshot,
      handle: () => ({ body: watch.snapshot() }),
    }),
    defineRoute({
      id: 'ops/history',
      method: 'GET',
      path: '/api/v1/operations/history',
      summary: 'Values of the last two weeks; series by commas, times in ISO 8601',
      access: 'manage',
      request: {
        query: z.object({
          series: z.string().max(4000).default(''),
          from: z.iso.datetime().optional(),
          to: z.iso.datetime().optional(),
          points: z.coerce.number().int().min(10).max(2000).default(400),
        }),
      },
      response: OperationsHistory,
      async handle({ query }) {
        const now = clock.now();
        const to = query.to === undefined ? now : Math.min(Date.parse(query.to), now);
        const from = query.from === undefined ? to - 86_400_000 : Date.parse(query.from);
        if (from >= to || to - from > longest) {
          throw new FaultlineError('Malformed', 'HISTORY_RANGE_INVALID', 'The history has no such range of time.', {
            hint: '`from` lies before `to`, at most 15 days.',
          });
        }
        const names = query.series.split(',').filter((name) => name !== '');
        return { body: await history.read({ names: names.slice(0, 60), from, to, now, points: query.points }) };
      },
    }),
    defineRoute({
      id: 'ops/status',
      method: 'GET',
      path: '/api/v1/operations/status',
      summary: 'For the status page: whether all is well, in few numbers, without names of machines',
      access: 'status-page',
      response: PublicStatus,
      handle: () => ({ body: publicStatus(watch.snapshot(), server) }),
    }),
    defineRoute({
      id: 'ops/topology',
      method: 'GET',
      path: '/api/v1/operations/topology',
      summary: 'What the installation is made of, and what goes through it',
      access: 'manage',
      response: TopologyAnswer,
      handle: async () => ({ body: await runningTopology(watch.snapshot(), watch.counts, running()) }),
    }),
  ];
}
