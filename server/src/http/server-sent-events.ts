import { Readable } from 'node:stream';
import type { Milliseconds, ServerSentEvent } from '@faultline/sdk';

/** Events as the lines of a text/event-stream, with a comment line when nothing was said for a while. */
export function eventStream(events: AsyncIterable<ServerSentEvent>, silence: Milliseconds = 15_000): Readable {
  return Readable.from(lines(events, silence), { objectMode: false, highWaterMark: 16_384 });
}

async function* lines(events: AsyncIterable<ServerSentEvent>, silence: Milliseconds): AsyncGenerator<string> {
  const source = events[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const result = await withinSilence(next, silence);
      if (result === null) {
        yield ': still here\n\n';
        continue;
      }
      if (result.done === true) return;
      yield frame(result.value);
      next = source.next();
    }
  } finally {
    // The rejection of a read that nobody waits for any more is of no interest.
    next.catch(() => undefined);
    void source.return?.();
  }
}

function frame({ event, data, id }: ServerSentEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function withinSilence<T>(next: Promise<T>, silence: Milliseconds): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), silence);
  });
  try {
    return await Promise.race([next, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
