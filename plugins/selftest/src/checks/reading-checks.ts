import { setTimeout as pause } from 'node:timers/promises';
import { isFaultlineError } from '@faultline/sdk/errors';
import { failed, ok, skipped, type Check, type Subject, type Verdict } from './check.js';

interface Report {
  state: string;
  step: string;
  processed?: { signature?: string; status?: string } | null;
}

/** What becomes of the report that was taken, as people see it. */
export const readingChecks: readonly Check[] = [
  {
    name: 'tells events as they happen',
    async run({ server, patience }) {
      const end = new AbortController();
      const limit = Math.min(patience, 5000);
      const timer = setTimeout(() => end.abort(), limit);
      try {
        const response = await server.fetch('/api/v1/events', { signal: end.signal });
        if (response.status === 403) return needsToken();
        if (!response.ok) return failed(`it answered ${response.status}`);
        const first = await response.body?.getReader().read();
        const text = new TextDecoder().decode(first?.value as Uint8Array | undefined);
        return text.includes('event: hello') ? ok('at once') : failed('the stream did not begin as it should');
      } catch (error) {
        if (!end.signal.aborted) throw error;
        return failed(`nothing came within ${limit / 1000} s: does a proxy hold answers back?`);
      } finally {
        clearTimeout(timer);
        end.abort();
      }
    },
  },
  {
    name: 'processes the report',
    isPatient: true,
    run: (subject) =>
      sinceAccepted(subject, async (id) => {
        const { state, step, processed } = (await subject.server.json(`/api/v1/crashes/${id}`)) as Report;
        if (state === 'dead') return failed('it ended among the dead letters; the page "Dead letters" says why');
        if (state !== 'processed') return `it is still ${state}${step === '' ? '' : `: ${step}`}`;
        return ok(`${processed?.status ?? state}, signature "${processed?.signature ?? ''}"`);
      }),
  },
  {
    name: 'finds the report',
    isPatient: true,
    run: (subject) =>
      sinceAccepted(subject, async (id) => {
        const { total } = (await subject.server.json(`/api/v1/search?q=crash_id:${id}&from=-1d`)) as { total: number };
        return total > 0 ? ok('by its id') : 'it is not in the index yet';
      }),
  },
  {
    name: 'erases the report',
    isPatient: true,
    async run(subject) {
      const { server, mayErase } = subject;
      const { crashId } = subject.accepted;
      if (crashId === null) return skipped('no report was taken');
      if (!mayErase) return skipped('it stays, as --keep says');
      const path = '/api/v1/plugins/erasing';
      const ask = async (what: string, body: object): Promise<unknown> =>
        server.json(`${path}/${what}`, { method: 'POST', body: JSON.stringify(body) });
      try {
        const { selection, crashes } = (await ask('preview', { ids: [crashId] })) as {
          selection: string;
          crashes: number;
        };
        await ask('erase', { selection, crashes });
      } catch (error) {
        if (!isFaultlineError(error) || error.kind !== 'PermissionDenied') throw error;
        return skipped(`it takes a token that may "manage"; remove ${crashId} with faultline erase`);
      }
      return sinceAccepted(subject, async (id) => {
        const { status } = await server.fetch(`/api/v1/crashes/${id}`);
        return status === 404 || status === 410 ? ok('nothing of it is left') : 'it is still there';
      });
    },
  },
];

/** Asks until there is a verdict; a text says what is still missing. */
async function sinceAccepted(subject: Subject, ask: (id: string) => Promise<Verdict | string>): Promise<Verdict> {
  const { patience, signal } = subject;
  const { crashId } = subject.accepted;
  if (crashId === null) return skipped('no report was taken');
  const until = performance.now() + patience;
  for (;;) {
    try {
      const answer = await ask(crashId);
      if (typeof answer !== 'string') return answer;
      if (performance.now() > until) return failed(`${answer}, after ${patience / 1000} s`);
    } catch (error) {
      if (isFaultlineError(error) && error.kind === 'PermissionDenied') return needsToken();
      throw error;
    }
    await pause(200, undefined, { signal });
  }
}

function needsToken(): Verdict {
  return skipped('reading needs a token here: --token, made by `faultline token create`');
}
