import {
  Bus,
  Job,
  subjects,
  type CrashEvent,
  type HttpRoute,
  type JobEvent,
  type Principal,
  type ServerSentEvent,
} from '@faultline/sdk';
import type { Host } from '../../host.js';

/** A reader that falls so far behind misses events rather than filling the memory; the page polls anyway. */
const mostWaiting = 1000;

/** Data of `group.changed`; `version` guards against lost edits. */
interface GroupChanged {
  group: string;
  signature: string;
  version: number;
  what: string;
  actor: string;
}

/** What happens, as it happens. */
export function eventRoutes(host: Host): HttpRoute[] {
  return [
    {
      id: 'host/events',
      method: 'GET',
      path: '/api/v1/events',
      summary:
        'Server-sent events: "hello" first, then crash.received, crash.step, crash.processed, crash.deleted, ' +
        'group.changed, symbols.uploaded, banner.changed, and job.started, job.progress, job.finished of jobs that one may start',
      access: 'reader',
      produces: 'text/event-stream',
      handle: (request) => ({ events: eventsFor(host, request) }),
    },
  ];
}

async function* eventsFor(
  host: Host,
  { principal, signal }: { principal: Principal; signal: AbortSignal },
): AsyncGenerator<ServerSentEvent> {
  const waiting: ServerSentEvent[] = [];
  let wake = (): void => {};
  const hear = (event: string, data: object): void => {
    if (waiting.length < mostWaiting) waiting.push({ event, data });
    wake();
  };
  const stops = listen(host, principal, hear);
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    yield { event: 'hello', data: { version: host.info.version } };
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const stop of stops) stop();
  }
}

/** Each event is passed on field by field: what a plugin adds to one for its own use is not for readers. */
function listen(host: Host, principal: Principal, hear: (event: string, data: object) => void): (() => void)[] {
  const bus = host.resolve(Bus);
  const mayStart = (job: string) =>
    principal.permissions.has(host.contributions(Job).get(job)?.value.permission ?? 'manage');
  return [
    ...[subjects.crashReceived, subjects.crashProcessed].map((subject) =>
      bus.on<CrashEvent>(subject, ({ crashId, product, signature, status }) =>
        hear(subject, { crashId, product, signature, status }),
      ),
    ),
    bus.on<{ crashId: string; step: string }>(subjects.crashStep, ({ crashId, step }) =>
      hear(subjects.crashStep, { crashId, step }),
    ),
    bus.on<{ crashId: string }>(subjects.crashDeleted, ({ crashId }) => hear(subjects.crashDeleted, { crashId })),
    bus.on<GroupChanged>(subjects.groupChanged, ({ group, signature, version, what, actor }) =>
      // Who works here is nothing for anonymous readers.
      hear(subjects.groupChanged, {
        group,
        signature,
        version,
        what,
        actor: principal.kind === 'anonymous' ? '' : actor,
      }),
    ),
    bus.on<{ debugFile: string; debugId: string }>(subjects.symbolsUploaded, ({ debugFile, debugId }) =>
      hear(subjects.symbolsUploaded, { debugFile, debugId }),
    ),
    bus.on(subjects.bannerChanged, () => hear(subjects.bannerChanged, {})),
    ...[subjects.jobStarted, subjects.jobProgress, subjects.jobFinished].map((subject) =>
      bus.on<JobEvent>(subject, ({ run, job, slot, status, progress }) => {
        if (mayStart(job)) hear(subject, { run, job, slot, status, progress });
      }),
    ),
  ];
}
