import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpResponse, HttpRoute } from '@faultline/sdk';
import type { Context } from 'koa';
import { eventStream } from './server-sent-events.js';

/** So long a refused client may go on sending before its connection is cut. */
const lingering = 2000;

/** Puts a route's answer on its way. */
export async function sendResponse(context: Context, route: HttpRoute, answer: HttpResponse): Promise<void> {
  context.status = answer.status ?? 200;
  for (const [name, value] of Object.entries(answer.headers ?? {})) context.set(name, value);
  if (answer.closeConnection === true) {
    await answerAndClose(context, answer);
    return;
  }
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
    context.body = Readable.from(body, { objectMode: false });
  } else {
    context.type = 'json';
    context.body = JSON.stringify(body);
  }
}

function setType(context: Context, route: HttpRoute, fallback: string): void {
  if (!context.res.hasHeader('content-type')) context.type = route.produces ?? fallback;
}

/**
 * Answers before the request was read. A client that is still sending when its connection is cut gets a reset and
 * never sees the answer (curl and Crashpad's uploader both), so what it sends is thrown away for a while first.
 */
async function answerAndClose(context: Context, answer: HttpResponse): Promise<void> {
  const { req, res } = context;
  const body =
    typeof answer.body === 'string' ? Buffer.from(answer.body) : Buffer.from(JSON.stringify(answer.body ?? ''));
  context.respond = false;
  if (res.getHeader('content-type') === undefined) {
    res.setHeader('content-type', typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json');
  }
  res.setHeader('connection', 'close');
  res.setHeader('content-length', body.length);
  res.statusCode = answer.status ?? 200;
  res.write(body);
  if (!req.complete && !req.destroyed) {
    const ended = new Promise<void>((resolve) => {
      req.once('end', resolve).once('close', resolve);
    });
    req.resume();
    await Promise.race([ended, wait(lingering, undefined, { ref: false })]);
  }
  res.end();
}
