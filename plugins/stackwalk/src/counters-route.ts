import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { WalkFigures } from './walk-counters.js';

/** `GET /api/v1/plugins/stackwalk/counters`: the walks of all processors, as this process heard of them. */
export function countersRoute(figures: () => WalkFigures): HttpRoute {
  return defineRoute({
    id: 'stackwalk/counters',
    method: 'GET',
    path: 'counters',
    summary: 'Walks by status, their durations, and how many modules had symbols',
    access: 'manage',
    response: WalkFigures,
    handle: () => ({ body: figures() }),
  });
}
