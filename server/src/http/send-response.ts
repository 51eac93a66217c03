import { Readable } from 'node:stream';
import type { HttpResponse, HttpRoute } from '@faultline/sdk';
import type { Context } from 'koa';
import { answerPlainly } from './plain-answer.js';
import { eventStream } from './server-sent-events.js';

/** Puts a route's answer on its way. */
export async function sendResponse(context: Context, route: HttpRoute, answer: HttpResponse): Promise<void> {
  if (answer.closeConnection === true) {
    context.respond = false;
    context.status = answer.status ?? 200;
    await answerPlainly(context.req, context.res, answer);
    return;
  }
  context.status = answer.status ?? 200;
  for (const [name, value] of Object.entries(answer.headers ?? {})) context.set(name, value);
  if (answer.events !== undefined) {
    context.compress = false;
    context.set('cache-control', 'no-store');
    // nginx would hold events back until its buffer is full.
    context.set('x-accel-buffering', 'no');
    context.type = 'text/event-stream';
    context.body = eventStream(answer.events);
    return;
  }
  const { body } = answer;
  if (body === undefined || body === null) {
    context.body = null;
    context.status = answer.status ?? 204;
  } else if (typeof body === 'string' || body instanceof Uint8Array) {
    setType(context, route, typeof body === 'string' ? 'text/plain' : 'application/octet-stream');
    context.body = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  } else if (Symbol.asyncIterator in body) {
    setType(context, route, 'application/octet-stream');
    // Koa leaves a connection open whose answer fails in its midst; the client must see that it is no whole one.
    context.body = Readable.from(body, { objectMode: false }).once('error', () => context.res.destroy());
  } else {
    context.type = 'json';
    context.body = JSON.stringify(body);
  }
}

function setType(context: Context, route: HttpRoute, fallback: string): void {
  if (!context.res.hasHeader('content-type')) context.type = route.produces ?? fallback;
}
