import { Bus, subjects, type CrashEvent, type HttpRoute, type ServerSentEvent } from '@faultline/sdk';
import type { Host } from '../../host.js';

/** Emitted while a crash is processed: {crashId, step}. */
const stepSubject = 'crash.step';

/** A reader that falls so far behind misses events rather than filling the memory; the page polls anyway. */
const mostWaiting = 1000;

/** What happens to crashes and groups, as it happens. */
export function eventRoutes(host: Host): HttpRoute[] {
  return [
    {
      id: 'host/events',
      method: 'GET',
      path: '/api/v1/events',
      summary: 'Server-sent events: crash.received, crash.processed, crash.step, group.changed; "hello" first',
      access: 'reader',
      produces: 'text/event-stream',
      handle: (request) => ({ events: crashEvents(host, request.signal) }),
    },
  ];
}

async function* crashEvents(host: Host, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
  const waiting: ServerSentEvent[] = [];
  let wake = (): void => {};
  const hear = (event: string, data: object): void => {
    if (waiting.length < mostWaiting) waiting.push({ event, data });
    wake();
  };
  const bus = host.resolve(Bus);
  const stops = [subjects.crashReceived, subjects.crashProcessed].map((subject) =>
    bus.on<CrashEvent>(subject, ({ crashId, product, signature, status }) =>
      hear(subject, { crashId, product, signature, status }),
    ),
  );
  stops.push(
    bus.on<{ crashId: string; step: string }>(stepSubject, ({ crashId, step }) => hear(stepSubject, { crashId, step })),
  );
  stops.push(bus.on<object>(subjects.groupChanged, (change) => hear(subjects.groupChanged, change)));
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
