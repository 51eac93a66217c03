import type { CrashStorage, Outbox, PendingMark } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRandom } from '../fake-random.js';
import { sampleCrashId, samplePending, sampleProcessed, sampleRawCrash, sampleRun } from '../sample-report.js';

export interface CrashStorageUnderTest {
  storage: CrashStorage & Outbox;
  /** Closes the store and opens it again on the same data; needed when it is durable. */
  reopen?: () => Promise<CrashStorage & Outbox>;
  dispose(): Promise<void>;
}

const today = Date.UTC(2026, 10, 22, 12);
const yesterday = Date.UTC(2026, 10, 21, 23, 59);

/** What every `CrashStorage` promises. */
export function describeCrashStorage(
  name: string,
  open: () => Promise<CrashStorageUnderTest>,
  kept: { isDurable: boolean },
): void {
  describe(`${name} keeps the contract of CrashStorage`, () => {
    let subject: CrashStorageUnderTest;
    let storage: CrashStorage & Outbox;
    beforeEach(async () => {
      subject = await open();
      storage = subject.storage;
    });
    afterEach(() => subject.dispose());

    const bytesOf = (size: number, seed = 9) => new FakeRandom(seed).bytes(size);

    async function store(
      seed: number,
      options: { parts?: Record<string, Uint8Array>; at?: number; mark?: Partial<PendingMark> } = {},
    ) {
      const crashId = sampleCrashId(seed, options.at ?? today);
      const draft = await storage.openDraft();
      const parts = [];
      for (const [part, bytes] of Object.entries(options.parts ?? {})) {
        const writer = draft.addPart({ name: part, filename: `${part}.dmp`, contentType: 'application/octet-stream' });
        for (let at = 0; at < bytes.length; at += 10_000) await writer.write(bytes.subarray(at, at + 10_000));
        parts.push(await writer.end());
      }
      const raw = sampleRawCrash({ crashId, parts });
      await draft.commit({ raw, pending: samplePending(crashId, { since: options.at ?? today, ...options.mark }) });
      return { crashId, raw };
    }

    async function readPart(crashId: string, part: string, offset = 0, length = Infinity): Promise<Uint8Array | null> {
      const source = await storage.openPart(crashId, part);
      if (source === null) return null;
      const bytes = Uint8Array.from(await source.read(offset, Math.min(length, source.size - offset)));
      await source.close?.();
      return bytes;
    }

    const marks = async (filter?: Parameters<CrashStorage['pending']>[0]) => {
      const ids: string[] = [];
      for await (const mark of storage.pending(filter)) ids.push(mark.crashId);
      return ids;
    };

    it('knows nothing of an id that was never stored', async () => {
      const unknown = sampleCrashId(404);
      expect(await storage.load(unknown)).toBeNull();
      expect(await storage.rawCrash(unknown)).toBeNull();
      expect(await storage.processedCrash(unknown)).toBeNull();
      expect(await storage.openPart(unknown, 'upload_file_minidump')).toBeNull();
      expect(await storage.locatePart(unknown, 'upload_file_minidump')).toBeNull();
      expect(await storage.setPending(samplePending(unknown))).toBe(false);
      expect(await marks()).toEqual([]);
    });

    it('gives back a report as it was committed', async () => {
      const { crashId, raw } = await store(1, { parts: { upload_file_minidump: bytesOf(40_000) } });
      expect(await storage.load(crashId)).toEqual({
        raw,
        processed: null,
        runs: [],
        pending: samplePending(crashId),
      });
      expect(await storage.rawCrash(crashId)).toEqual(raw);
    });

    it.each([0, 1, 4096, 40_000, 300_000, 1_500_000, 3_000_000])(
      'keeps a part of %i bytes, read whole and by range',
      async (size) => {
        const bytes = bytesOf(size);
        const { crashId, raw } = await store(2, { parts: { upload_file_minidump: bytes } });
        expect(raw.parts[0]?.size).toBe(size);
        expect(Buffer.from((await readPart(crashId, 'upload_file_minidump')) ?? []).equals(bytes)).toBe(true);
        const middle = await readPart(crashId, 'upload_file_minidump', size >> 1, 1000);
        expect(Buffer.from(middle ?? []).equals(bytes.subarray(size >> 1, (size >> 1) + 1000))).toBe(true);
        expect(await storage.locatePart(crashId, 'upload_file_minidump')).not.toBeNull();
        expect(await storage.locatePart(crashId, 'other')).toBeNull();
      },
    );

    it('keeps many parts apart, small and large, spooled early or not', async () => {
      const parts = {
        a: bytesOf(10, 1),
        b: bytesOf(2_000_000, 2),
        c: bytesOf(70_000, 3),
        '../etc/passwd': bytesOf(5, 4),
      };
      const crashId = sampleCrashId(3, today);
      const draft = await storage.openDraft();
      const summaries = [];
      for (const [part, bytes] of Object.entries(parts)) {
        const writer = draft.addPart({ name: part, filename: '', contentType: '' });
        await writer.write(bytes.subarray(0, 5));
        if (part === 'c') {
          await writer.spool();
          expect(writer.buffered).toBe(0);
        }
        await writer.write(bytes.subarray(5));
        summaries.push(await writer.end());
      }
      await draft.commit({ raw: sampleRawCrash({ crashId, parts: summaries }), pending: samplePending(crashId) });
      for (const [part, bytes] of Object.entries(parts)) {
        expect(Buffer.from((await readPart(crashId, part)) ?? []).equals(bytes)).toBe(true);
      }
    });

    it('shows nothing of a draft before it is committed, nor after it was discarded', async () => {
      const crashId = sampleCrashId(4, today);
      const draft = await storage.openDraft();
      const writer = draft.addPart({ name: 'upload_file_minidump', filename: '', contentType: '' });
      await writer.write(bytesOf(2_000_000));
      await writer.end();
      expect(await storage.load(crashId)).toBeNull();
      await draft.discard();
      await draft.discard();
      expect(await storage.load(crashId)).toBeNull();
      expect(await storage.days()).toEqual([]);
    });

    it('refuses an id that is stored already, and keeps the first report', async () => {
      const { crashId } = await store(5, { parts: { upload_file_minidump: bytesOf(100, 1) } });
      await expect(store(5, { parts: { upload_file_minidump: bytesOf(2_000_000, 2) } })).rejects.toMatchObject({
        kind: 'Conflict',
        code: 'CRASH_EXISTS',
      });
      expect(Buffer.from((await readPart(crashId, 'upload_file_minidump')) ?? []).equals(bytesOf(100, 1))).toBe(true);
    });

    it('lets one of two racing commits of one id win', async () => {
      const results = await Promise.allSettled([1, 2, 3].map(() => store(6)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('commits many reports at once', async () => {
      const stored = await Promise.all(
        Array.from({ length: 50 }, (_, n) => store(100 + n, { parts: { d: bytesOf(3000, n) } })),
      );
      for (const [n, { crashId }] of stored.entries()) {
        expect(Buffer.from((await readPart(crashId, 'd')) ?? []).equals(bytesOf(3000, n))).toBe(true);
      }
      expect((await marks()).sort()).toEqual(stored.map(({ crashId }) => crashId).sort());
    });

    it('writes a run, clears the mark, and keeps every earlier run', async () => {
      const { crashId } = await store(7);
      const commit = (run: number, expectedRun: number, signature: string) =>
        storage.commitRun({
          crashId,
          run,
          expectedRun,
          processed: sampleProcessed(crashId, { signature }),
          record: sampleRun(run, { signature }),
          sinks: [],
        });
      expect(await commit(1, 0, 'one')).toBe('committed');
      expect((await storage.load(crashId))?.pending).toBeNull();
      expect(await commit(2, 1, 'two')).toBe('committed');
      const loaded = await storage.load(crashId);
      expect(loaded?.processed?.signature).toBe('two');
      expect(loaded?.runs.map(({ run, signature }) => [run, signature])).toEqual([
        [1, 'one'],
        [2, 'two'],
      ]);
      expect((await storage.processedCrash(crashId))?.signature).toBe('two');
    });

    it('refuses a run whose writer has not seen the last one', async () => {
      const { crashId } = await store(8);
      const commit = (signature: string) => ({
        crashId,
        run: 1,
        expectedRun: 0,
        processed: sampleProcessed(crashId, { signature }),
        record: sampleRun(1, { signature }),
        sinks: ['s'],
      });
      const outcomes = await Promise.all(['a', 'b', 'c'].map((signature) => storage.commitRun(commit(signature))));
      expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'superseded')).toHaveLength(2);
      expect((await storage.load(crashId))?.runs).toHaveLength(1);
    });

    it('leaves the document as it is when a run changed nothing, and keeps the run', async () => {
      const { crashId } = await store(31);
      const processed = sampleProcessed(crashId, { signature: 'as it was' });
      const first = { crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: [] };
      await storage.commitRun(first);
      const again = { ...first, run: 2, expectedRun: 1, processed: null, record: sampleRun(2) };
      expect(await storage.commitRun(again)).toBe('committed');
      const stored = await storage.load(crashId);
      expect(stored?.processed).toEqual(processed);
      expect(stored?.runs.map(({ run }) => run)).toEqual([1, 2]);
    });

    it('says gone for a run of a crash that it does not have', async () => {
      const crashId = sampleCrashId(404);
      const processed = sampleProcessed(crashId);
      expect(
        await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: ['s'] }),
      ).toBe('gone');
      expect(await storage.backlog()).toEqual({});
    });

    it('keeps a mark that asks for a later run than the one written', async () => {
      const { crashId } = await store(9);
      await storage.setPending(samplePending(crashId, { run: 2, reason: 'reprocess' }));
      const processed = sampleProcessed(crashId);
      await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: [] });
      expect((await storage.load(crashId))?.pending?.run).toBe(2);
    });

    it('lists marks by age over days, by state and before a time', async () => {
      const late = await store(10, { at: today });
      const early = await store(11, { at: yesterday });
      const deferred = await store(12, { at: today + 1, mark: { state: 'deferred' } });
      expect(await marks()).toEqual([early.crashId, late.crashId, deferred.crashId]);
      expect(await marks({ states: ['deferred'] })).toEqual([deferred.crashId]);
      expect(await marks({ states: ['pending'], before: today })).toEqual([early.crashId]);
    });

    it('replaces a mark, dead with its reason', async () => {
      const { crashId } = await store(13);
      const error = { code: 'TOO_MANY_DELIVERIES', message: 'It was given up.', deliveries: 5 };
      expect(await storage.setPending(samplePending(crashId, { state: 'dead', error }))).toBe(true);
      expect((await storage.load(crashId))?.pending).toMatchObject({ state: 'dead', error });
      expect(await marks({ states: ['dead'] })).toEqual([crashId]);
      expect(await marks({ states: ['pending'] })).toEqual([]);
    });

    it('scans processed crashes of a day or of all, and lists days and usage', async () => {
      const a = await store(14, { at: today, parts: { d: bytesOf(5000) } });
      const b = await store(15, { at: yesterday });
      await store(16, { at: today });
      for (const { crashId } of [a, b]) {
        const processed = sampleProcessed(crashId);
        await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: [] });
      }
      const scan = async (day?: string) => {
        const ids: string[] = [];
        for await (const { crash_id } of storage.scanProcessed(day === undefined ? {} : { day })) ids.push(crash_id);
        return ids.sort();
      };
      expect(await scan()).toEqual([a.crashId, b.crashId].sort());
      const again = { ...sampleProcessed(a.crashId), signature: 'second' };
      const run = { crashId: a.crashId, run: 2, expectedRun: 1, processed: again, record: sampleRun(2), sinks: [] };
      await storage.commitRun(run);
      const runs: [string, number, string][] = [];
      for await (const { crash, run } of storage.scanRuns({ day: '2026-11-22' })) {
        runs.push([crash.crash_id, run, crash.signature]);
      }
      expect(runs).toEqual([[a.crashId, 2, 'second']]);
      expect(await scan('2026-11-22')).toEqual([a.crashId]);
      expect(await scan('2001-01-01')).toEqual([]);
      expect(await storage.days()).toEqual(['2026-11-21', '2026-11-22']);
      const usage = await storage.usage();
      expect(usage.map(({ day, reports }) => [day, reports])).toEqual([
        ['2026-11-21', 1],
        ['2026-11-22', 2],
      ]);
      expect(usage[1]?.dumpBytes).toBeGreaterThanOrEqual(5000);
    });

    it('keeps hostile annotations as they came', async () => {
      const crashId = sampleCrashId(17, today);
      const annotations = {
        ['__proto__x']: 'p',
        '': 'empty name',
        'a\u0000b': 'nul',
        big: 2 ** 60,
        deep: { a: [null, true] },
        '\u{1f525}': '💥',
      };
      const draft = await storage.openDraft();
      await draft.commit({ raw: sampleRawCrash({ crashId, annotations }), pending: samplePending(crashId) });
      expect((await storage.rawCrash(crashId))?.annotations).toEqual(annotations);
    });

    it('keeps an own annotation named __proto__', async () => {
      const crashId = sampleCrashId(18, today);
      const annotations = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>;
      const draft = await storage.openDraft();
      await draft.commit({ raw: sampleRawCrash({ crashId, annotations }), pending: samplePending(crashId) });
      const read = (await storage.rawCrash(crashId))?.annotations ?? {};
      expect(Object.entries(read)).toEqual([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]);
    });

    if (kept.isDurable)
      it('has everything after a restart', async () => {
        if (subject.reopen === undefined) throw new Error('A durable one can be opened again: give reopen');
        const { crashId, raw } = await store(19, { parts: { small: bytesOf(100, 1), large: bytesOf(2_500_000, 2) } });
        const done = await store(20);
        const processed = sampleProcessed(done.crashId);
        await storage.commitRun({
          crashId: done.crashId,
          run: 1,
          expectedRun: 0,
          processed,
          record: sampleRun(1),
          sinks: ['s'],
        });
        storage = await subject.reopen();
        expect((await storage.load(crashId))?.raw).toEqual(raw);
        expect(Buffer.from((await readPart(crashId, 'large')) ?? []).equals(bytesOf(2_500_000, 2))).toBe(true);
        expect(Buffer.from((await readPart(crashId, 'small')) ?? []).equals(bytesOf(100, 1))).toBe(true);
        expect(await marks()).toEqual([crashId]);
        expect((await storage.load(done.crashId))?.processed).toEqual(processed);
        expect((await storage.backlog())['s']?.rows).toBe(1);
      });

    it('is healthy', async () => {
      await expect(storage.checkHealth()).resolves.toBeUndefined();
    });
  });
}
