import { getEventListeners, once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemoryLogger } from '@faultline/testing';
import { expect, it } from 'vitest';
import { nobody } from '../../../server/src/auth/authenticator.js';
import { ShellRequest } from '../../../server/src/http/shell-request.js';

/** Lives as long as the server, as the shell's own does. */
const stopping = new AbortController();

/** A request that `handle` answers, or lets wait, and the signal that its route gets. */
async function signalOf(
  handle: (response: ServerResponse, leave: () => void) => void,
): Promise<{ signal: AbortSignal; closed: Promise<unknown> }> {
  let take: (value: { signal: AbortSignal; closed: Promise<unknown> }) => void = () => {};
  const taken = new Promise<{ signal: AbortSignal; closed: Promise<unknown> }>((resolve) => (take = resolve));
  const server = createServer((incoming, response) => {
    const frame = { id: '1', url: '/', remoteAddress: '', isSecure: false, logger: new MemoryLogger() };
    const parts = { params: {}, query: {}, body: {}, endings: () => [stopping.signal] };
    const { signal } = new ShellRequest({ ...frame, request: incoming, response }, nobody, parts);
    const closed = once(response, 'close').finally(() => server.close());
    take({ signal, closed });
    handle(response, () => asked.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
  asked.on('response', (answer) => answer.resume());
  asked.on('error', () => {
    // It went away on purpose.
  });
  asked.end();
  return await taken;
}

it('of an answered request was never aborted, and is known to nothing that lives longer', async () => {
  const { signal, closed } = await signalOf((response) => response.end('done'));
  await closed;
  expect(signal.aborted).toBe(false);
  expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
});

it('is aborted when the client goes away', async () => {
  const { signal, closed } = await signalOf((_, leave) => leave());
  await closed;
  expect(signal.aborted).toBe(true);
  expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
});

it('is aborted by what ends the request, for that reason', async () => {
  const reason = new Error('the server stops');
  const { signal, closed } = await signalOf((response) => {
    stopping.abort(reason);
    response.end();
  });
  await closed;
  expect(signal.reason).toBe(reason);
});
