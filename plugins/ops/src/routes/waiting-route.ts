import { defineRoute } from '@faultline/sdk';
import type { Clock, CrashStorage, HttpRoute, Milliseconds, Outbox } from '@faultline/sdk';
import { WaitingCrashes } from '@faultline/sdk/api';
import { z } from 'zod';

const most = 200;
/** No attempt is put off for longer. */
const furthest: Milliseconds = 10 * 60_000;

/** The crashes behind the numbers of a queue or of a sink's backlog. */
export function waitingRoute(parts: { storage: CrashStorage; outbox: Outbox; clock: Clock }): HttpRoute {
  const { storage, outbox, clock } = parts;
  return defineRoute({
    id: 'ops/waiting',
    method: 'GET',
    path: '/api/v1/operations/waiting',
    summary: 'Crashes that wait for a sink, or, where none is named, for a processor; the oldest first',
    access: 'manage',
    request: { query: z.object({ sink: z.string().max(100).default('') }) },
    response: WaitingCrashes,
    async handle({ query: { sink } }) {
      const found = sink === '' ? await queued(storage) : await outbox.due(sink, clock.now() + furthest, most + 1);
      const crashes = found
        .map(({ crashId, since, attempts }) => ({ crashId, since: new Date(since).toISOString(), attempts }))
        .sort((a, b) => (a.since < b.since ? -1 : 1));
      return { body: { crashes: crashes.slice(0, most), isCut: crashes.length > most } };
    },
  });
}

async function queued(storage: CrashStorage): Promise<{ crashId: string; since: number; attempts: number }[]> {
  const found: { crashId: string; since: number; attempts: number }[] = [];
  for await (const { crashId, since } of storage.pending({ states: ['pending'] })) {
    found.push({ crashId, since, attempts: 0 });
    if (found.length > most) break;
  }
  return found;
}
