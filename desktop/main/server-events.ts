/** The event stream of a server, read in this process for notifications. */
export interface ServerEvent {
  event: string;
  data: Record<string, unknown>;
}

const firstRetry = 1000;
const longestRetry = 60_000;
/** An event is some hundred bytes; more than this is no event stream. */
const longestEvent = 1 << 20;

export interface ServerEventsOptions {
  open(signal: AbortSignal): Promise<Response>;
  hear(event: ServerEvent): void;
  signal: AbortSignal;
  /** Waits between two tries; tests don't. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Reads until the signal; a stream that ends or fails is opened again, ever more rarely. */
export async function readServerEvents({ open, hear, signal, wait = pause }: ServerEventsOptions): Promise<void> {
  let retry = firstRetry;
  while (!signal.aborted) {
    try {
      const answer = await open(signal);
      if (answer.ok && answer.body !== null) {
        retry = firstRetry;
        await readStream(answer.body, hear);
      } else await answer.body?.cancel();
    } catch {
      // Cut or refused: that is what the next try is for.
    }
    if (signal.aborted) return;
    await wait(retry, signal);
    retry = Math.min(retry * 2, longestRetry);
  }
}

async function readStream(body: ReadableStream<Uint8Array>, hear: (event: ServerEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const chunk of body) {
    waiting += decoder.decode(chunk, { stream: true });
    if (waiting.length > longestEvent) return;
    const events = waiting.split('\n\n');
    waiting = events.pop() ?? '';
    for (const text of events) {
      const event = parseEvent(text);
      if (event !== null) hear(event);
    }
  }
}

function parseEvent(text: string): ServerEvent | null {
  let event = 'message';
  let data = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trim();
  }
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? { event, data: value as Record<string, unknown> } : null;
  } catch {
    // A comment that keeps the connection open, or something foreign.
    return null;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
