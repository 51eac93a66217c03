import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { peerHeader, type Peer } from './front-messages.js';

/** Headers of one connection, not of the request (RFC 9110 section 7.6.1), and ours. */
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  peerHeader,
]);

/** Sends a request on to the server as it came, and its answer back while it comes. */
export function handOn(request: IncomingMessage, response: ServerResponse, to: { socket: string; peer: Peer }): void {
  const upstream = ask({
    socketPath: to.socket,
    method: request.method,
    path: request.url,
    headers: [...keptHeaders(request.rawHeaders), peerHeader, JSON.stringify(to.peer)],
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, keptHeaders(answer.rawHeaders));
    response.flushHeaders();
    // An event stream ends when either side goes away.
    pipeline(answer, response, () => upstream.destroy());
  });
  upstream.on('error', () => {
    if (!response.headersSent) response.writeHead(503, { 'retry-after': '5', connection: 'close' });
    response.end();
  });
  response.on('close', () => upstream.destroy());
  pipeline(request, upstream, () => {
    // A request that broke off has destroyed both sides.
  });
}

function keptHeaders(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (!ofTheConnection.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
