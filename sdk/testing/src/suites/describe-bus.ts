import type { Bus, WorkConsumer } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

export interface BusUnderTest {
  bus: Bus;
  /** Lets so much time pass for the bus: a fake clock is moved, a real server is waited for. */
  pass(milliseconds: number): Promise<void>;
  /** Closes the bus and opens it again on the same data; needed when it is durable. */
  reopen?: () => Promise<Bus>;
  dispose(): Promise<void>;
}

interface Task {
  n: number;
}

/** Ack wait of the suite: long enough for a real server, short enough to be waited for. */
const ackWait = 1000;

/** What every `Bus` promises. Subjects are unique per test, so that a server may be shared. */
export function describeBus(name: string, open: () => Promise<BusUnderTest>, kept: { isDurable: boolean }): void {
  describe(`${name} keeps the contract of Bus`, () => {
    let subject: BusUnderTest;
    let bus: Bus;
    let queue: string;
    let count = 0;
    const consume = (on = bus, group = 'workers'): Promise<WorkConsumer<Task>> =>
      on.consumer<Task>(queue, { name: group, ackWait });
    const put = (n: number) => bus.publish(queue, `${queue}/${n}`, { n });
    const numbers = (messages: { data: Task }[]) => messages.map(({ data }) => data.n);

    beforeEach(async () => {
      subject = await open();
      bus = subject.bus;
      queue = `suite.work-${process.pid}-${count++}.q`;
    });
    afterEach(() => subject.dispose());

    describe('durable work', () => {
      it('is delivered in order, and is gone when acked', async () => {
        const consumer = await consume();
        for (let n = 0; n < 5; n++) expect(await put(n)).toEqual({ isDuplicate: false });
        const messages = await consumer.fetch(10, 200);
        expect(numbers(messages)).toEqual([0, 1, 2, 3, 4]);
        expect(messages[0]).toMatchObject({ subject: queue, id: `${queue}/0`, deliveries: 1 });
        await Promise.all(messages.map((message) => message.ack()));
        await subject.pass(ackWait * 1.5);
        expect(await consumer.fetch(10, 0)).toEqual([]);
        expect((await bus.queueStatus(queue)).depth).toBe(0);
      });

      it('gives no more than was asked for', async () => {
        const consumer = await consume();
        for (let n = 0; n < 3; n++) await put(n);
        expect(numbers(await consumer.fetch(2, 200))).toEqual([0, 1]);
        expect(numbers(await consumer.fetch(2, 200))).toEqual([2]);
      });

      it('waits for a first message and takes it when it comes', async () => {
        const consumer = await consume();
        const fetched = consumer.fetch(4, 5000);
        await put(7);
        expect(numbers(await fetched)).toEqual([7]);
      });

      it('answers with nothing when the wait is over, and at once when aborted', async () => {
        const consumer = await consume();
        const waited = consumer.fetch(1, 300);
        await subject.pass(400);
        expect(await waited).toEqual([]);
        const stop = new AbortController();
        const aborted = consumer.fetch(1, 60_000, stop.signal);
        stop.abort();
        expect(await aborted).toEqual([]);
        expect(await consumer.fetch(1, 60_000, stop.signal)).toEqual([]);
      });

      it('comes again when nobody ended it within the ack wait, with a greater count', async () => {
        const consumer = await consume();
        await put(1);
        expect((await consumer.fetch(1, 200))[0]?.deliveries).toBe(1);
        expect(await consumer.fetch(1, 0)).toEqual([]);
        await subject.pass(ackWait + 200);
        expect((await consumer.fetch(1, 2000))[0]?.deliveries).toBe(2);
      });

      it('stays in hand while the worker says that it is working', async () => {
        const consumer = await consume();
        await put(1);
        const [message] = await consumer.fetch(1, 200);
        for (let step = 0; step < 3; step++) {
          await subject.pass(ackWait * 0.7);
          await message?.working();
        }
        expect(await consumer.fetch(1, 0)).toEqual([]);
        await message?.ack();
        await subject.pass(ackWait * 1.5);
        expect(await consumer.fetch(1, 0)).toEqual([]);
      });

      it('comes again after a nak, not before its delay', async () => {
        const consumer = await consume();
        await put(1);
        await (await consumer.fetch(1, 200))[0]?.nak(600);
        await subject.pass(300);
        expect(await consumer.fetch(1, 0)).toEqual([]);
        await subject.pass(500);
        const [again] = await consumer.fetch(1, 2000);
        expect(again?.deliveries).toBe(2);
        await again?.nak();
        expect((await consumer.fetch(1, 2000))[0]?.deliveries).toBe(3);
      });

      it('never comes again after term', async () => {
        const consumer = await consume();
        await put(1);
        await (await consumer.fetch(1, 200))[0]?.term();
        await subject.pass(ackWait * 1.5);
        expect(await consumer.fetch(1, 0)).toEqual([]);
      });

      it('has no limit of deliveries', async () => {
        const consumer = await consume();
        await put(1);
        for (let delivery = 1; delivery <= 12; delivery++) {
          const [message] = await consumer.fetch(1, 2000);
          expect(message?.deliveries).toBe(delivery);
          await message?.nak();
        }
      });

      it('drops a message whose id was seen in the window, on any subject', async () => {
        expect(await bus.publish(queue, `${queue}/same`, { n: 1 })).toEqual({ isDuplicate: false });
        expect(await bus.publish(queue, `${queue}/same`, { n: 2 })).toEqual({ isDuplicate: true });
        const consumer = await consume();
        expect(numbers(await consumer.fetch(10, 200))).toEqual([1]);
      });

      it('is shared by the consumers of one name', async () => {
        const one = await consume();
        const two = await consume();
        for (let n = 0; n < 4; n++) await put(n);
        const taken = [...(await one.fetch(2, 200)), ...(await two.fetch(4, 200))];
        expect(numbers(taken).sort()).toEqual([0, 1, 2, 3]);
      });

      it('keeps subjects apart', async () => {
        const other = await bus.consumer<Task>(`${queue}-other`, { name: 'workers', ackWait });
        await put(1);
        expect(await other.fetch(1, 0)).toEqual([]);
      });

      it('tells depth, what is in hand, and the age of the oldest', async () => {
        expect(await bus.queueStatus(queue)).toMatchObject({ subject: queue, depth: 0, inHand: 0, oldest: null });
        const consumer = await consume();
        for (let n = 0; n < 3; n++) await put(n);
        await consumer.fetch(1, 200);
        await subject.pass(300);
        const status = await bus.queueStatus(queue);
        expect(status).toMatchObject({ depth: 3, inHand: 1 });
        expect(status.oldest).toBeGreaterThanOrEqual(250);
      });

      it('refuses a message beyond 64 KB', async () => {
        await expect(bus.publish(queue, `${queue}/big`, { text: 'x'.repeat(70_000) })).rejects.toMatchObject({
          code: 'BUS_MESSAGE_TOO_LARGE',
        });
      });

      it('lets a closed consumer take nothing and keeps its work for others', async () => {
        const closing = await consume();
        await closing.close();
        await put(1);
        expect(await closing.fetch(1, 0)).toEqual([]);
        expect(numbers(await (await consume()).fetch(1, 200))).toEqual([1]);
      });

      if (kept.isDurable)
        it('survives a restart, with its count and without what was acked', async () => {
          if (subject.reopen === undefined) throw new Error('A durable one can be opened again: give reopen');
          const consumer = await consume();
          for (let n = 0; n < 3; n++) await put(n);
          const [first] = await consumer.fetch(2, 200);
          await first?.ack();
          bus = await subject.reopen();
          await subject.pass(ackWait + 200);
          const again = await (await consume()).fetch(10, 2000);
          expect(numbers(again).sort()).toEqual([1, 2]);
          expect(again.find(({ data }) => data.n === 1)?.deliveries).toBe(2);
          expect(await bus.publish(queue, `${queue}/0`, { n: 0 })).toEqual({ isDuplicate: true });
        });
    });

    describe('events', () => {
      it('are heard by each listener whose pattern fits', async () => {
        const heard: string[] = [];
        const listen = (pattern: string) =>
          bus.on<Task>(pattern, ({ n }, on) => void heard.push(`${pattern} ${on} ${n}`));
        ['suite.a.b', 'suite.*.b', 'suite.>', 'suite.a', 'suite.a.*.c', 'other.>'].forEach(listen);
        bus.emit('suite.a.b', { n: 1 });
        await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(3));
        expect(heard.sort()).toEqual(
          ['suite.* suite.a.b 1', 'suite.> suite.a.b 1', 'suite.a.b suite.a.b 1']
            .map((line) => line.replace('suite.* ', 'suite.*.b '))
            .sort(),
        );
      });

      it('are heard once by a group', async () => {
        const heard: string[] = [];
        for (const who of ['one', 'two']) bus.on('suite.grouped', () => void heard.push(who), 'team');
        bus.on('suite.grouped', () => void heard.push('alone'));
        for (let n = 0; n < 4; n++) bus.emit('suite.grouped', { n });
        await vi.waitFor(() => expect(heard).toHaveLength(8));
        expect(heard.filter((who) => who === 'alone')).toHaveLength(4);
      });

      it('are not heard by who left, nor by who came later', async () => {
        const heard: string[] = [];
        const leave = bus.on('suite.gone', () => void heard.push('left'));
        leave();
        bus.emit('suite.gone', {});
        bus.on('suite.gone', () => void heard.push('late'));
        bus.on('suite.mark', () => void heard.push('mark'));
        bus.emit('suite.mark', {});
        await vi.waitFor(() => expect(heard).toContain('mark'));
        expect(heard).toEqual(['mark']);
      });

      it('go on being heard by a listener that throws', async () => {
        const heard: number[] = [];
        bus.on<Task>('suite.throwing', ({ n }) => {
          heard.push(n);
          throw new Error('a listener that throws');
        });
        bus.emit('suite.throwing', { n: 1 });
        bus.emit('suite.throwing', { n: 2 });
        await vi.waitFor(() => expect(heard).toEqual([1, 2]));
      });

      it('give each listener a copy of its own', async () => {
        const heard: Task[] = [];
        const listen = () => bus.on<Task>('suite.copy', (data) => void (data.n++, heard.push(data)));
        listen();
        listen();
        const sent = { n: 1 };
        bus.emit('suite.copy', sent);
        await vi.waitFor(() => expect(heard).toEqual([{ n: 2 }, { n: 2 }]));
        expect(sent).toEqual({ n: 1 });
      });
    });

    describe('questions', () => {
      it('are answered', async () => {
        bus.respond<Task>(`${queue}.double`, ({ n }) => ({ n: n * 2 }));
        expect(await bus.request(`${queue}.double`, { n: 21 }, 2000)).toEqual({ n: 42 });
      });

      it('are refused when nobody listens', async () => {
        await expect(bus.request(`${queue}.nobody`, {}, 500)).rejects.toMatchObject({
          kind: 'Unavailable',
          code: 'BUS_NO_RESPONDER',
        });
        bus.respond(`${queue}.left`, () => ({}))();
        await expect(bus.request(`${queue}.left`, {}, 500)).rejects.toMatchObject({ code: 'BUS_NO_RESPONDER' });
      });

      it('time out', async () => {
        bus.respond(`${queue}.slow`, () => new Promise(() => {}));
        await expect(bus.request(`${queue}.slow`, {}, 50)).rejects.toMatchObject({
          kind: 'Timeout',
          code: 'BUS_REQUEST_TIMEOUT',
        });
      });

      it('hand on the kind and code of what the answerer threw', async () => {
        bus.respond(`${queue}.refuse`, () => {
          throw new FaultlineError('Conflict', 'TEAPOT', 'It is a teapot.');
        });
        await expect(bus.request(`${queue}.refuse`, {}, 2000)).rejects.toMatchObject({
          kind: 'Conflict',
          code: 'TEAPOT',
          message: 'It is a teapot.',
        });
      });
    });

    it('ends waiting fetches when it is closed, and closes twice', async () => {
      const fetched = (await consume()).fetch(1, 60_000);
      await bus.close();
      expect(await fetched).toEqual([]);
      await expect(bus.close()).resolves.toBeUndefined();
    });

    it('is healthy', async () => {
      await expect(bus.checkHealth()).resolves.toBeUndefined();
    });
  });
}
