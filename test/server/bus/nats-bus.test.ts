import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { MemoryLogger } from '@faultline/testing';
import { describeBus } from '@faultline/testing/suites';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BusConfig } from '../../../server/src/bus/nats/bus-config.ts';
import { NatsBus } from '../../../server/src/bus/nats/nats-bus.ts';
import { NatsServer, natsVersion } from '../../nats-server.ts';

const version = natsVersion();
const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

let server: NatsServer;
const opened: NatsBus[] = [];
async function openBus(settings: Record<string, unknown> = {}, logger = new MemoryLogger()): Promise<NatsBus> {
  const config = BusConfig.parse({ url: server.url, ...settings });
  const bus = await NatsBus.open(config, { logger, folder: tmpdir(), name: 'test' });
  opened.push(bus);
  return bus;
}

describe.skipIf(version === null)(`On nats-server ${version}`, () => {
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });
  afterAll(() => server.remove());

  describeBus(
    'NatsBus',
    async () => {
      let bus = await openBus();
      return {
        bus,
        pass: async (time) => void (await sleep(time)),
        reopen: async () => {
          // The server stays: after its own restart it has forgotten the ids of work that was ended (2.9 and 2.15).
          await bus.close();
          return (bus = await openBus());
        },
        dispose: () => bus.close(),
      };
    },
    { isDurable: true },
  );

  describe('NatsBus', () => {
    const names = () => ({ prefix: `t${randomUUID().slice(0, 8)}` });

    it('goes on where it was when the server was away for a while', async () => {
      const logger = new MemoryLogger();
      const bus = await openBus(names(), logger);
      const heard: number[] = [];
      bus.on<{ n: number }>('away.event', ({ n }) => void heard.push(n));
      bus.respond('away.ask', () => ({ ok: true }));
      const consumer = await bus.consumer<{ n: number }>('away.work', { name: 'g', ackWait: 1000 });
      await bus.publish('away.work', 'a', { n: 1 });
      const [inHand] = await consumer.fetch(1, 1000);
      await server.down();
      await expect
        .poll(() => logger.messages('warn'), { timeout: 10_000 })
        .toContain('NATS is away; the queue waits for it');
      await expect(bus.publish('away.work', 'b', { n: 2 })).rejects.toMatchObject({
        kind: 'Unavailable',
        code: 'BUS_UNAVAILABLE',
      });
      await expect(bus.checkHealth()).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
      await expect(inHand?.ack()).rejects.toMatchObject({ kind: 'Unavailable' });
      expect(await consumer.fetch(1, 0)).toEqual([]);
      bus.emit('away.event', { n: 1 });
      const waiting = consumer.fetch(5, 10_000);
      await server.up();
      // The message that was in hand comes again, and nothing is lost.
      expect((await waiting).map(({ data, deliveries }) => [data.n, deliveries])).toEqual([[1, 2]]);
      await expect.poll(() => logger.messages('info'), { timeout: 10_000 }).toContain('NATS is back');
      expect(await bus.publish('away.work', 'a', { n: 1 })).toEqual({ isDuplicate: true });
      expect(await bus.publish('away.work', 'b', { n: 2 })).toEqual({ isDuplicate: false });
      expect((await consumer.fetch(5, 2000)).map(({ data }) => data.n)).toEqual([2]);
      expect(await bus.request('away.ask', {}, 1000)).toEqual({ ok: true });
      bus.emit('away.event', { n: 2 });
      await expect.poll(() => heard, { timeout: 10_000 }).toEqual([2]);
    });

    it('makes its stream anew when the server lost its disk', async () => {
      const bus = await openBus(names());
      const consumer = await bus.consumer<{ n: number }>('lost.work', { name: 'g', ackWait: 1000 });
      await bus.publish('lost.work', 'a', { n: 1 });
      await consumer.fetch(1, 1000);
      await server.remove();
      server = await NatsServer.start('', server.port);
      await expect
        .poll(() => bus.publish('lost.work', 'b', { n: 2 }).catch(() => null), { timeout: 10_000 })
        .toEqual({ isDuplicate: false });
      await expect
        .poll(async () => (await consumer.fetch(1, 500)).map(({ data }) => data.n), { timeout: 10_000 })
        .toEqual([2]);
    });

    it('shares work between processes, and gives a closed one’s to the other', async () => {
      const settings = names();
      const [one, two] = [await openBus(settings), await openBus(settings)];
      const options = { name: 'g', ackWait: 1000 };
      const first = await one.consumer<{ n: number }>('shared.work', options);
      const second = await two.consumer<{ n: number }>('shared.work', options);
      for (let n = 0; n < 4; n++) await one.publish('shared.work', String(n), { n });
      const taken = [...(await first.fetch(2, 500)), ...(await second.fetch(2, 500))];
      expect(taken.map(({ data }) => data.n).sort()).toEqual([0, 1, 2, 3]);
      await one.close();
      const again = await second.fetch(2, 3000);
      expect(again.map(({ deliveries }) => deliveries)).toEqual([2, 2]);
    });

    it('keeps installations on one server apart', async () => {
      const [one, two] = [await openBus(names()), await openBus(names())];
      const heard: unknown[] = [];
      two.on('apart.event', (data) => void heard.push(data));
      one.emit('apart.event', {});
      await one.publish('apart.work', '1', {});
      expect((await two.queueStatus('apart.work')).depth).toBe(0);
      expect(heard).toEqual([]);
    });

    it('takes another ack wait for a queue that exists', async () => {
      const settings = names();
      const slow = await openBus(settings);
      await (await slow.consumer('wait.work', { name: 'g', ackWait: 60_000 })).fetch(1, 0);
      await slow.close();
      const quick = await openBus(settings);
      const consumer = await quick.consumer('wait.work', { name: 'g', ackWait: 300 });
      await quick.publish('wait.work', '1', {});
      await consumer.fetch(1, 500);
      expect((await consumer.fetch(1, 3000))[0]?.deliveries).toBe(2);
    });
  });
});

describe.skipIf(version === null)('NatsBus at its start', () => {
  it('refuses wrong credentials in words, and takes right ones', async () => {
    server = await NatsServer.start('authorization { user: "faultline", password: "open" }\n');
    try {
      await expect(openBus({ user: 'faultline', password: 'wrong' })).rejects.toMatchObject({ code: 'BUS_REFUSED' });
      const bus = await openBus({ user: 'faultline', password: 'open' });
      await expect(bus.checkHealth()).resolves.toBeUndefined();
      await bus.close();
    } finally {
      await server.remove();
    }
  });

  it('begins without the server and takes up its work when it comes', async () => {
    server = await NatsServer.start();
    await server.down();
    try {
      const logger = new MemoryLogger();
      const opening = openBus({}, logger);
      await expect
        .poll(() => logger.messages('warn'), { timeout: 10_000 })
        .toContain('NATS is not there yet; the queue waits for it');
      setTimeout(() => void server.up(), 300);
      const bus = await opening;
      expect(await bus.publish('late.work', '1', {})).toEqual({ isDuplicate: false });
      await bus.close();
    } finally {
      await server.remove();
    }
  });

  it('says which file it can’t read', async () => {
    await expect(openBus({ url: 'nats://127.0.0.1:1', tls: { ca: 'none.pem' } })).rejects.toMatchObject({
      code: 'BUS_FILE_UNREADABLE',
    });
  });
});
