import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkMessage } from '@faultline/sdk';
import { FakeClock, FakeRandom, MemoryLogger } from '@faultline/testing';
import { describeBus } from '@faultline/testing/suites';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbeddedBus } from '../../../server/src/bus/embedded-bus.ts';
import { bootId } from '../../../server/src/bus/boot-id.ts';

const temporaryFolder = () => mkdtemp(path.join(tmpdir(), 'faultline-bus-'));

describeBus(
  'EmbeddedBus',
  async () => {
    const folder = await temporaryFolder();
    const clock = new FakeClock();
    const open = () => new EmbeddedBus({ folder, clock, logger: new MemoryLogger() });
    let bus = open();
    return {
      bus,
      pass: (time) => clock.advance(time),
      reopen: async () => {
        await bus.close();
        return (bus = open());
      },
      dispose: async () => {
        await bus.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  { isDurable: true },
);

describe('EmbeddedBus', () => {
  let folder: string;
  const clock = new FakeClock();
  const logger = new MemoryLogger();
  const open = (boot?: string) =>
    new EmbeddedBus({ folder, clock, logger, ...(boot === undefined ? {} : { bootId: boot }) });
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes its file at the first durable work, not for events', async () => {
    const bus = open();
    bus.emit('a.b', {});
    expect(existsSync(path.join(folder, 'bus.mdb'))).toBe(false);
    await bus.publish('w', '1', {});
    expect(existsSync(path.join(folder, 'bus.mdb'))).toBe(true);
    await bus.close();
  });

  it('counts a delivery before it hands it out: an end without goodbye is seen at once after a restart', async () => {
    const dying = open();
    await dying.publish('w', '1', { n: 1 });
    await (await dying.consumer('w', { name: 'g', ackWait: 60_000 })).fetch(1, 0);
    const next = open();
    const [message] = await (await next.consumer('w', { name: 'g', ackWait: 60_000 })).fetch(1, 0);
    expect(message?.deliveries).toBe(2);
    await next.close();
    await dying.close();
  });

  it('goes on numbering after the newest message of any subject', async () => {
    const before = open();
    for (const [subject, id] of [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ] as const)
      await before.publish(subject, id, { id });
    await before.close();
    const after = open();
    await after.publish('b', '4', { id: '4' });
    await after.publish('a', '5', { id: '5' });
    const idsOf = async (subject: string) =>
      (await (await after.consumer(subject, { name: 'g', ackWait: 1000 })).fetch(9, 0)).map(({ id }) => id);
    expect(await idsOf('a')).toEqual(['1', '3', '5']);
    expect(await idsOf('b')).toEqual(['2', '4']);
    await after.close();
  });

  it('throws the queue of another boot away, even when it is torn', async () => {
    const before = open('boot-1');
    await before.publish('w', '1', { n: 1 });
    await before.close();
    await writeFile(path.join(folder, 'bus.mdb'), 'torn');
    const after = open('boot-2');
    expect(await (await after.consumer('w', { name: 'g', ackWait: 1000 })).fetch(1, 0)).toEqual([]);
    expect(await after.publish('w', '1', { n: 1 })).toEqual({ isDuplicate: false });
    await after.close();
  });

  it('forgets message ids after the window', async () => {
    const bus = open();
    await bus.publish('w', 'a', {});
    await clock.advance(119_999);
    expect(await bus.publish('w', 'a', {})).toEqual({ isDuplicate: true });
    await clock.advance(2);
    expect(await bus.publish('w', 'a', {})).toEqual({ isDuplicate: false });
    await bus.close();
  });

  it('refuses work once it is closed, in words', async () => {
    const bus = open();
    await bus.publish('w', '1', {});
    const [message] = await (await bus.consumer('w', { name: 'g', ackWait: 1000 })).fetch(1, 0);
    await bus.close();
    await expect(bus.publish('w', '2', {})).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    await expect(message?.ack()).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    expect(bus.emit('x', {})).toBeUndefined();
  });

  it('waits for listeners at work when it closes', async () => {
    const bus = open();
    const done = vi.fn();
    bus.on('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      done();
    });
    bus.emit('slow', {});
    await bus.close();
    expect(done).toHaveBeenCalledOnce();
  });

  it('keeps the order and count of ten thousand messages through a restart', async () => {
    let bus = open();
    for (let n = 0; n < 10_000; n++) await bus.publish('w', `m${n}`, { n });
    await bus.close();
    bus = open();
    expect((await bus.queueStatus('w')).depth).toBe(10_000);
    const consumer = await bus.consumer<{ n: number }>('w', { name: 'g', ackWait: 60_000 });
    let expected = 0;
    for (;;) {
      const messages = await consumer.fetch(250, 0);
      if (messages.length === 0) break;
      for (const message of messages) {
        expect(message.data.n).toBe(expected++);
        await message.ack();
      }
    }
    expect(expected).toBe(10_000);
    await bus.close();
  });

  it('tells the same counts as one that has just counted, whatever happened to its messages', async () => {
    const random = new FakeRandom(7);
    const bus = open();
    const consumer = await bus.consumer('w', { name: 'g', ackWait: 1000 });
    const given: WorkMessage<unknown>[] = [];
    /** The delivery that counts, of each message that is in hand. */
    const inHand = new Map<string, WorkMessage<unknown>>();
    const letGo = (message?: WorkMessage<unknown>) => {
      if (message !== undefined && inHand.get(message.id) === message) inHand.delete(message.id);
      return message;
    };
    await bus.queueStatus('w');
    for (let n = 0; n < 400; n++) {
      const [dice = 0] = random.bytes(1);
      if (dice < 120) await bus.publish('w', `m${n}`, {});
      else if (dice < 180) {
        const taken = await consumer.fetch(2, 0);
        for (const message of taken) inHand.set(message.id, message);
        given.push(...taken);
      } else if (dice < 200) await letGo(given.pop())?.ack();
      else if (dice < 220) await letGo(given.shift())?.nak(500);
      else if (dice < 235) await given.pop()?.working();
      else await clock.advance(300);
    }
    const kept = await bus.queueStatus('w');
    await bus.close();
    const anew = open();
    const counted = await anew.queueStatus('w');
    expect(kept).toMatchObject({ depth: counted.depth, redelivered: counted.redelivered, inHand: inHand.size });
    expect(kept.depth).toBeGreaterThan(kept.inHand);
    expect(kept.inHand).toBeGreaterThan(0);
    expect(kept.redelivered).toBeGreaterThan(0);
    await anew.close();
  });

  it('knows the boot of the machine', () => {
    expect(bootId()).toMatch(/\S/);
    expect(bootId()).toBe(bootId());
  });
});
