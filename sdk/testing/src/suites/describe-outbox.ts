import type { CrashStorage, Outbox } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCrashId, samplePending, sampleProcessed, sampleRawCrash, sampleRun } from '../sample-report.js';
import type { CrashStorageUnderTest } from './describe-crash-storage.js';

const today = Date.UTC(2026, 10, 22, 12);
const day = 86_400_000;
/** Long after the sample runs. */
const later = today + 10 * day;

/** What every `Outbox` promises; its rows are written by the store's `commitRun`. */
export function describeOutbox(
  name: string,
  open: () => Promise<CrashStorageUnderTest>,
  kept: { isDurable: boolean },
): void {
  describe(`${name} keeps the contract of Outbox`, () => {
    let subject: CrashStorageUnderTest;
    let storage: CrashStorage & Outbox;
    beforeEach(async () => {
      subject = await open();
      storage = subject.storage;
    });
    afterEach(() => subject.dispose());

    /** Stores a crash with one run for the sinks. */
    async function processed(seed: number, sinks: string[], at = today) {
      const crashId = sampleCrashId(seed, at);
      const draft = await storage.openDraft();
      await draft.commit({ raw: sampleRawCrash({ crashId }), pending: samplePending(crashId) });
      await writeRun(crashId, 1, sinks, at);
      return crashId;
    }

    function writeRun(crashId: string, run: number, sinks: string[], at = today) {
      const record = sampleRun(run, { completed: new Date(at).toISOString() });
      return storage.commitRun({
        crashId,
        run,
        expectedRun: run - 1,
        processed: sampleProcessed(crashId),
        record,
        sinks,
      });
    }

    const dueIds = async (sink: string, now = later, limit = 100) =>
      (await storage.due(sink, now, limit)).map(({ crashId }) => crashId);

    it('has a row per sink for each run, oldest first, over days', async () => {
      const late = await processed(1, ['search', 'export'], today);
      const early = await processed(2, ['search'], today - 2 * day);
      expect(await dueIds('search')).toEqual([early, late]);
      expect(await dueIds('export')).toEqual([late]);
      expect(await dueIds('unknown')).toEqual([]);
      expect((await storage.due('export', later, 1))[0]).toEqual({
        sink: 'export',
        crashId: late,
        run: 1,
        attempts: 0,
        due: today,
        since: today,
      });
    });

    it('gives no more than the limit, and nothing before its time', async () => {
      for (let seed = 1; seed <= 5; seed++) await processed(seed, ['search'], today + seed);
      expect(await dueIds('search', later, 2)).toHaveLength(2);
      expect(await dueIds('search', today + 3)).toHaveLength(3);
      expect(await dueIds('search', today)).toEqual([]);
    });

    it('forgets rows that are done, of that sink only', async () => {
      const crashId = await processed(1, ['search', 'export']);
      await storage.done(await storage.due('search', later, 10));
      expect(await dueIds('search')).toEqual([]);
      expect(await dueIds('export')).toEqual([crashId]);
    });

    it('keeps retried rows until their time, with one more attempt', async () => {
      await processed(1, ['search']);
      await storage.retry(await storage.due('search', later, 10), later + 1000);
      expect(await dueIds('search', later)).toEqual([]);
      expect(await storage.due('search', later + 1000, 10)).toMatchObject([{ attempts: 1, since: today }]);
    });

    it('gives what was written with a date that lay ahead and was set right since', async () => {
      const ahead = await processed(1, ['search'], today + 3 * 86_400_000);
      const soon = await processed(2, ['search'], today + 60_000);
      expect(await dueIds('search', today)).toEqual([ahead]);
      expect((await dueIds('search', today + 60_000)).sort()).toEqual([ahead, soon].sort());
    });

    it('owes a sink only the newest run of a crash', async () => {
      const crashId = await processed(1, ['search']);
      await writeRun(crashId, 2, ['search'], today + 5);
      expect(await storage.due('search', later, 10)).toMatchObject([{ crashId, run: 2, attempts: 0 }]);
    });

    it('does not forget a newer run when an older one is done or retried', async () => {
      const crashId = await processed(1, ['search']);
      const old = await storage.due('search', later, 10);
      await writeRun(crashId, 2, ['search'], today + 5);
      await storage.retry(old, later + day);
      await storage.done(old);
      expect(await storage.due('search', later, 10)).toMatchObject([{ crashId, run: 2 }]);
    });

    it('tells the backlog by sink', async () => {
      expect(await storage.backlog()).toEqual({});
      await processed(1, ['search'], today - day);
      await processed(2, ['search', 'export'], today);
      expect(await storage.backlog()).toEqual({
        search: { rows: 2, oldest: today - day },
        export: { rows: 1, oldest: today },
      });
    });

    if (kept.isDurable)
      it('keeps its rows over a restart', async () => {
        if (subject.reopen === undefined) throw new Error('A durable one can be opened again: give reopen');
        const crashId = await processed(1, ['search']);
        storage = await subject.reopen();
        expect(await dueIds('search')).toEqual([crashId]);
      });
  });
}
