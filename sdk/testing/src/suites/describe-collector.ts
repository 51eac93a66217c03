import type { Bus, CrashId, CrashStorage } from '@faultline/sdk';
import { subjects } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A collector of crash reports, whatever protocol its clients speak. */
export interface OpenCollector {
  storage: CrashStorage;
  bus: Bus;
  /** Sends a sound report with this annotation and dump; the id that the client is told, or null. */
  send(report: { annotation: string; dump: Uint8Array }): Promise<CrashId | null>;
  /** Sends something that is no report; the id that the client is told, or null. */
  sendRubbish(): Promise<CrashId | null>;
  /** From now on the store can't make anything durable. */
  breakStorage(): void;
  close(): Promise<void>;
}

/** What every collector promises: an answered id is stored and wanted, and nothing else is. */
export function describeCollector(name: string, open: () => Promise<OpenCollector>): void {
  describe(`${name} as a collector`, () => {
    let collector: OpenCollector;
    beforeEach(async () => {
      collector = await open();
    });
    afterEach(() => collector.close());

    const dump = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 251);
    const send = () => collector.send({ annotation: 'käse\u0000"<b>', dump });

    it('has stored annotations and dump, byte for byte, when it tells the id', async () => {
      const id = await send();
      if (id === null) throw new Error('a sound report was not accepted');
      const raw = await collector.storage.rawCrash(id);
      expect(JSON.stringify(raw?.annotations)).toContain('käse');
      const part = raw?.parts[0];
      const source = await collector.storage.openPart(id, part?.name ?? '');
      expect(source).not.toBeNull();
      expect(Buffer.from((await source?.read(0, dump.length + 1)) ?? [])).toEqual(Buffer.from(dump));
      await source?.close?.();
    });

    it('leaves a mark and a message that ask for the first run', async () => {
      const id = await send();
      expect((await collector.storage.load(id ?? ''))?.pending).toMatchObject({ run: 1, state: 'pending' });
      const consumer = await collector.bus.consumer<{ crashId: string }>(subjects.process('normal'), {
        name: 'test',
        ackWait: 1000,
      });
      expect((await consumer.fetch(10, 1000)).map(({ data }) => data.crashId)).toEqual([id]);
      await consumer.close();
    });

    it('gives every report an id of its own', async () => {
      const ids = await Promise.all([send(), send(), send(), send()]);
      expect(new Set(ids).size).toBe(4);
      expect(ids).not.toContain(null);
    });

    it('stores nothing of what is no report, and tells no id', async () => {
      expect(await collector.sendRubbish()).toBeNull();
      expect(await collector.storage.days()).toEqual([]);
    });

    it('tells no id when the store fails, and queues nothing', async () => {
      collector.breakStorage();
      expect(await send()).toBeNull();
      expect((await collector.bus.queueStatus(subjects.process('normal'))).depth).toBe(0);
    });
  });
}
