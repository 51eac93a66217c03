import { FaultlineError, type FirstAppearance, type JsonValue, type SearchValue } from '@faultline/sdk';
import { builtInLists, generateSignature, rulesets, type CrashData } from '@faultline/signature';
import type { Endpoint } from '../endpoint.js';
import { bodyOf, first, invalidParameter, required } from '../parameters.js';
import type { Parts } from '../parts.js';
import { everything } from './crashes.js';
import { crashStatsTime } from './super-search.js';

const mostSignatures = 500;
/** A job of a thousand threads has some 20 MB; they come by ones and twos. */
const largestJobs = 32 * 1024 * 1024;

/** What is known of signatures: tickets, first appearance, and making one. */
export function signatureEndpoints(parts: Parts): Endpoint[] {
  return [
    {
      name: 'Bugs',
      summary: 'Crash Stats: tickets of signatures, with the other signatures of those tickets',
      methods: ['GET', 'POST'],
      async answer(_, parameters) {
        const links = await parts.tickets?.bySignature(bounded(required(parameters, 'signatures')));
        const all = await parts.tickets?.byTicket([...new Set((links ?? []).map(({ ticket }) => ticket))]);
        return ticketHits(all ?? []);
      },
    },
    {
      name: 'SignaturesByBugs',
      summary: 'Crash Stats: signatures of tickets',
      methods: ['GET'],
      async answer(_, parameters) {
        const ids = bounded(required(parameters, 'bug_ids'));
        const wrong = ids.find((id) => !/^\d{1,20}$/.test(id));
        if (wrong !== undefined) throw invalidParameter('bug_ids', 'Not a valid bug id: it has digits only.');
        return ticketHits((await parts.tickets?.byTicket(ids)) ?? []);
      },
    },
    {
      name: 'SignatureFirstDate',
      summary: 'Crash Stats: when a signature appeared first, and in which build',
      methods: ['GET', 'POST'],
      async answer({ signal }, parameters) {
        const signatures = bounded(required(parameters, 'signatures'));
        const kept = await parts.history?.firstAppearances(signatures);
        const known = new Map(kept?.map((one) => [one.signature, one]));
        const hits: object[] = [];
        for (const signature of signatures) {
          const { date, build } = known.get(signature) ?? (await firstOfKept(parts, signature, signal));
          if (date !== '') hits.push({ signature, first_date: crashStatsTime(date), first_build: build });
        }
        return { hits, total: hits.length };
      },
    },
    {
      name: 'CrashSignature',
      summary: 'Crash Stats: signatures of crash data that is sent along',
      methods: ['POST'],
      takesBody: true,
      async answer(request) {
        const jobs = jobsOf(await bodyOf(request, largestJobs));
        const withSteps =
          new URLSearchParams(request.url.split('?')[1] ?? '').has('debug') || request.headers['debug'] === '1';
        return { results: jobs.map((job) => resultOf(job, withSteps)) };
      },
    },
    {
      name: 'NoOp',
      summary: 'Crash Stats: does nothing, for trying a client',
      methods: ['GET'],
      answer(_, parameters) {
        required(parameters, 'product');
        if (first(parameters, 'product') === 'bad') {
          throw new FaultlineError('Malformed', 'ARGUMENT_INVALID', 'Bad value for parameter(s) "product"');
        }
        return Promise.resolve({ hits: [], total: 0 });
      },
    },
  ];
}

function ticketHits(links: readonly { ticket: string; signature: string }[]): object {
  const hits = links.map(({ ticket, signature }) => ({
    id: /^\d{1,15}$/.test(ticket) ? Number(ticket) : ticket,
    signature,
  }));
  return { hits, total: hits.length };
}

function bounded(values: readonly string[]): string[] {
  if (values.length <= mostSignatures) return [...new Set(values)];
  throw new FaultlineError('Malformed', 'ARGUMENT_INVALID', `at most ${mostSignatures} values`);
}

/** What the reports tell that are still here; "" for what they don't. */
async function firstOfKept(
  parts: Parts,
  signature: string,
  signal: AbortSignal,
): Promise<Pick<FirstAppearance, 'date' | 'build'>> {
  const date = await earliest(parts, { signature, field: 'submitted_timestamp', signal });
  if (typeof date !== 'string') return { date: '', build: '' };
  const build = await earliest(parts, { signature, field: 'build', signal });
  return { date, build: build === null ? '' : String(build) };
}

/** The smallest value of the field in crashes of the signature. */
async function earliest(
  { engine, clock }: Parts,
  { signature, field, signal }: { signature: string; field: string; signal: AbortSignal },
): Promise<SearchValue | null> {
  const ofSignature = { kind: 'field', field: 'signature', operator: 'is', value: signature } as const;
  const { rows } = await engine.search(
    {
      filter: ofSignature,
      ...everything(clock.now()),
      sort: [{ field, direction: 'asc' }],
      limit: 1,
      cursor: null,
      columns: [field],
      facets: [],
    },
    { mayViewProtected: false, signal },
  );
  const value = rows[0]?.[field] ?? null;
  return Array.isArray(value) ? null : value;
}

/** Throws `Malformed ARGUMENT_INVALID | NO_JOBS`. */
function jobsOf(body: Buffer): CrashData[] {
  let value: JsonValue;
  try {
    value = JSON.parse(body.toString('utf8')) as JsonValue;
  } catch (cause) {
    throw new FaultlineError('Malformed', 'ARGUMENT_INVALID', 'The body is not valid JSON', { cause });
  }
  const jobs = typeof value === 'object' && value !== null && !Array.isArray(value) ? value['jobs'] : undefined;
  if (!Array.isArray(jobs) || jobs.length === 0) throw new FaultlineError('Malformed', 'NO_JOBS', 'no jobs specified');
  const isObject = (job: JsonValue): job is Record<string, JsonValue> =>
    typeof job === 'object' && job !== null && !Array.isArray(job);
  if (!jobs.every(isObject)) throw new FaultlineError('Malformed', 'ARGUMENT_INVALID', 'each job must be an object');
  return jobs;
}

function resultOf(job: CrashData, withSteps: boolean): object {
  const { signature, protoSignature, notes, steps } = generateSignature(job, builtInLists(), {
    rules: rulesets.socorro,
  });
  return {
    signature,
    notes,
    extra: { proto_signature: protoSignature },
    ...(withSteps ? { debug_log: steps.map(({ rule, before, after }) => `${rule}: ${before} -> ${after}`) } : {}),
  };
}
