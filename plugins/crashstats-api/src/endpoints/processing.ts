import { FaultlineError, isFaultlineError } from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import type { Endpoint } from '../endpoint.js';
import { badRequest, first, required } from '../parameters.js';
import type { Parts } from '../parts.js';

const mostAtOnce = 10_000;
const pageSize = 1000;
/** What has waited so long is missing; what is younger is on its way. */
const patience = 60 * 60_000;

/** Asking for crashes to be processed again, and seeing which never were. */
export function processingEndpoints(parts: Parts): Endpoint[] {
  return [
    {
      name: 'Reprocessing',
      summary: 'Crash Stats: process crashes again',
      methods: ['POST'],
      permission: 'reprocess',
      async answer({ principal }, parameters) {
        const wishes = required(parameters, 'crash_ids').map((text) => wishOf(text, parts.processing.rulesets()));
        if (wishes.length > mostAtOnce) throw badRequest(`at most ${mostAtOnce} crash ids`);
        for (const { id, ruleset } of wishes) {
          try {
            await parts.processing.reprocess(id, { ruleset, lane: 'reprocessing', reason: 'reprocess' });
          } catch (error) {
            // Crash Stats queues ids without looking whether it has them.
            if (!isFaultlineError(error) || error.kind !== 'NotFound') throw error;
          }
        }
        await parts.record(principal, 'crash.reprocess', 'Reprocessing', { crashes: wishes.length });
        return null;
      },
    },
    {
      name: 'MissingProcessedCrash',
      summary: 'Crash Stats: crashes that should have been processed by now',
      methods: ['GET'],
      async answer(_, parameters) {
        const page = pageOf(first(parameters, 'page'));
        const results: object[] = [];
        let count = 0;
        const before = parts.clock.now() - patience;
        for await (const { crashId, since } of parts.storage.pending({ states: ['pending', 'dead'], before })) {
          count++;
          if (count <= (page - 1) * pageSize || results.length >= pageSize) continue;
          results.push({ crash_id: crashId, is_processed: false, created: new Date(since).toISOString() });
        }
        if (page > Math.max(1, Math.ceil(count / pageSize))) throw noSuchPage();
        const address = (to: number): string => `${parts.publicUrl()}/api/MissingProcessedCrash/?page=${to}`;
        return {
          results,
          count,
          next: count > page * pageSize ? address(page + 1) : null,
          previous: page > 1 ? address(page - 1) : null,
        };
      },
    },
  ];
}

/** Throws `NotFound PAGE_NOT_FOUND`. */
function pageOf(text: string): number {
  if (text === '') return 1;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw noSuchPage();
  return Number(text);
}

function noSuchPage(): FaultlineError {
  return new FaultlineError('NotFound', 'PAGE_NOT_FOUND', 'Invalid page.');
}

/** `id` or `id:ruleset`. Throws `Malformed ARGUMENT_INVALID`. */
function wishOf(text: string, rulesets: readonly string[]): { id: string; ruleset: string } {
  const [wanted = '', ruleset = 'default'] = text.trim().split(':');
  const id = parseCrashId(wanted);
  if (id === null) throw badRequest(`Bad value for crash id "${wanted.slice(0, 80)}"`);
  if (!rulesets.includes(ruleset)) throw badRequest(`Bad value for ruleset "${ruleset.slice(0, 80)}"`);
  return { id, ruleset };
}
