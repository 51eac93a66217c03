import { defineRoute, type CrashProcessing, type HttpRoute } from '@faultline/sdk';
import { DeadLetterList, ReprocessAccepted } from '@faultline/sdk/api';
import { requireCrashId } from '@faultline/sdk/crash-id';
import { z } from 'zod';

/** Dead letters of one answer; replaying or discarding some shows the rest. */
const mostListed = 1_000;

const params = z.object({ id: z.string().max(100) });

/** Crashes that were given up: look, try again, discard. */
export function deadLetterRoutes(processing: () => CrashProcessing): HttpRoute[] {
  return [
    defineRoute({
      id: 'reports/dead-letters',
      method: 'GET',
      path: '/api/v1/dead-letters',
      summary: 'Crashes whose processing was given up, newest first',
      access: 'reprocess',
      response: DeadLetterList,
      async handle() {
        const letters = await processing().deadLetters(mostListed);
        return {
          body: { deadLetters: letters.map((letter) => ({ ...letter, since: new Date(letter.since).toISOString() })) },
        };
      },
    }),
    defineRoute({
      id: 'reports/dead-letter-replay',
      method: 'POST',
      path: '/api/v1/dead-letters/:id/replay',
      summary: 'Try to process it again',
      access: 'reprocess',
      request: { params },
      response: ReprocessAccepted,
      handle: async ({ params }) => ({ status: 202, body: await processing().replay(requireCrashId(params.id)) }),
    }),
    defineRoute({
      id: 'reports/dead-letter-discard',
      method: 'DELETE',
      path: '/api/v1/dead-letters/:id',
      summary: 'Take it off the list: the report stays as received, and can still be asked for',
      access: 'reprocess',
      request: { params },
      response: null,
      async handle({ params }) {
        await processing().discard(requireCrashId(params.id));
        return { status: 204, body: null };
      },
    }),
  ];
}
