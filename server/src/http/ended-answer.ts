import { asFaultlineError, type HttpResponse, type ServerSentEvent } from '@faultline/sdk';

/**
 * A long answer that stops when the signal says so: events with a last one, `refused`, that tells why; a stream of
 * bytes by breaking off, so that nobody takes a part for the whole.
 */
export function endedBy(answer: HttpResponse, ended: AbortSignal): HttpResponse {
  if (answer.events !== undefined) return { ...answer, events: eventsUntil(answer.events, ended) };
  const pieces = piecesOf(answer);
  return pieces === null ? answer : { ...answer, body: piecesUntil(pieces, ended) };
}

/** Goes on after its route's handler has returned. */
export function isLong(answer: HttpResponse): boolean {
  return answer.events !== undefined || piecesOf(answer) !== null;
}

function piecesOf({ body }: HttpResponse): AsyncIterable<Uint8Array | string> | null {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body ? body : null;
}

async function* eventsUntil(
  events: AsyncIterable<ServerSentEvent>,
  ended: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  // The route's own signal is aborted with it, so its events come to their end.
  for await (const event of events) {
    if (ended.aborted) break;
    yield event;
  }
  if (ended.aborted) yield { event: 'refused', data: asFaultlineError(ended.reason).toJSON() };
}

async function* piecesUntil<T>(pieces: AsyncIterable<T>, ended: AbortSignal): AsyncGenerator<T> {
  for await (const piece of pieces) {
    ended.throwIfAborted();
    yield piece;
  }
  // A route that stops by its signal ends as if all had been said.
  ended.throwIfAborted();
}
