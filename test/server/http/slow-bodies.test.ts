import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { SlowBodies } from '../../../server/src/http/slow-bodies.js';

let server: Server;
let socket: Socket;

afterEach(() => {
  socket.destroy();
  server.close();
});

/** 1 KB a second over 60 ms: about 61 bytes in each window. */
async function post(options: { read: 'never' | 'flowing' | 'iterated' }): Promise<{ hasClosed: () => boolean }> {
  const guard = new SlowBodies({ window: 60, bytesPerSecond: 1024 });
  server = createServer((request) => {
    guard.watch(request);
    if (options.read === 'flowing') request.resume();
    if (options.read === 'iterated') void iterate(request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  let closed = false;
  socket.on('close', () => (closed = true));
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
  return { hasClosed: () => closed };
}

/** As reports are read. */
async function iterate(request: IncomingMessage): Promise<void> {
  try {
    for await (const chunk of request) expect(chunk).toBeInstanceOf(Buffer);
  } catch {
    // The guard ended it.
  }
}

it.each(['flowing', 'iterated'] as const)('a body that trickles in is ended (read %s)', async (read) => {
  const { hasClosed } = await post({ read });
  const drip = setInterval(() => socket.write('x'), 20);
  await expect.poll(hasClosed, { timeout: 10_000 }).toBe(true);
  clearInterval(drip);
});

it('a body at the least speed goes on', async () => {
  const { hasClosed } = await post({ read: 'iterated' });
  for (let sent = 0; sent < 15; sent++) {
    socket.write('x'.repeat(100));
    await wait(20);
  }
  expect(hasClosed()).toBe(false);
});

it('a body that waits for us to read it is not the fault of the client', async () => {
  const { hasClosed } = await post({ read: 'never' });
  socket.write('x'.repeat(50_000));
  await wait(400);
  expect(hasClosed()).toBe(false);
});
