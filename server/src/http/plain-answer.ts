import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpResponse } from '@faultline/sdk';

/** So long a refused client may go on sending before its connection is cut. */
const lingering = 2000;

/** Sends a text, or an object as JSON, with nothing of the shell in between. */
export async function answerPlainly(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Pick<HttpResponse, 'status' | 'headers' | 'body' | 'closeConnection'>,
): Promise<void> {
  const body = Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? ''));
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (!response.hasHeader('content-type')) {
    const type = typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
    response.setHeader('content-type', type);
  }
  response.setHeader('content-length', body.length);
  response.statusCode = answer.status ?? 200;
  if (answer.closeConnection === true) await sendAndClose(request, response, body);
  else response.end(body);
}

/**
 * Answers before the request was read. A client that is still sending when its connection is cut gets a reset and
 * never sees the answer (curl and Crashpad's uploader both), so what it sends is thrown away for a while first.
 */
async function sendAndClose(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  response.setHeader('connection', 'close');
  response.write(body);
  if (!request.complete && !request.destroyed) {
    const ended = new Promise<void>((resolve) => {
      request.once('end', resolve).once('close', resolve);
    });
    request.resume();
    await Promise.race([ended, wait(lingering, undefined, { ref: false })]);
  }
  response.end();
}
