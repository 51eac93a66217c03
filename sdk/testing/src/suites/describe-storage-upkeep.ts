import type { CrashId, CrashStorage, StorageUpkeep } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRandom } from '../fake-random.js';
import { sampleCrashId, samplePending, sampleProcessed, sampleRawCrash, sampleRun } from '../sample-report.js';

export interface OpenUpkeep {
  crashes: CrashStorage;
  upkeep: StorageUpkeep;
  /** A new, empty folder, and a store opened on what was copied into it. */
  copyFolder(): Promise<string>;
  openCopy(folder: string): Promise<CrashStorage>;
  dispose(): Promise<void>;
}

const never = new AbortController().signal;
const small = 2000;
const large = 400_000;

/** What whoever looks after stored crashes may count on. */
export function describeStorageUpkeep(name: string, open: () => Promise<OpenUpkeep>): void {
  describe(`${name} as upkeep of the storage`, () => {
    let opened: OpenUpkeep;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());

    /** A processed report with one part, made from its seed. */
    async function store(seed: number, size = small, id?: CrashId): Promise<CrashId> {
      const { crashes } = opened;
      const crashId = id ?? sampleCrashId(seed);
      const draft = await crashes.openDraft();
      const part = draft.addPart({ name: 'd', filename: '', contentType: '' });
      await part.write(new FakeRandom(seed).bytes(size));
      const parts = [await part.end()];
      await draft.commit({ raw: sampleRawCrash({ crashId, parts }), pending: samplePending(crashId) });
      await run(crashId);
      return crashId;
    }

    function run(crashId: CrashId, expectedRun = 0) {
      return opened.crashes.commitRun({
        crashId,
        run: expectedRun + 1,
        expectedRun,
        processed: sampleProcessed(crashId),
        record: sampleRun(expectedRun + 1),
        sinks: ['search'],
      });
    }

    async function isWhole(id: CrashId, seed: number, size = small): Promise<boolean> {
      const stored = await opened.crashes.load(id);
      const part = await opened.crashes.openPart(id, 'd');
      const bytes = await part?.read(0, size + 1);
      await part?.close?.();
      return (
        stored?.processed?.crash_id === id &&
        stored.runs.length === 1 &&
        bytes !== undefined &&
        Buffer.compare(bytes, new FakeRandom(seed).bytes(size)) === 0
      );
    }

    const ids = async (stored: AsyncIterable<{ crashId: CrashId }>) => {
      const found: CrashId[] = [];
      for await (const { crashId } of stored) found.push(crashId);
      return found.sort();
    };

    it('says how much each day holds of each kind, and of whom', async () => {
      const id = await store(1, large);
      const day = crashIdDay(id);
      const usage = await opened.upkeep.usage();
      expect(usage.map((each) => [each.day, each.kind, each.purgedAt])).toEqual([
        [day, 'dumps', null],
        [day, 'reports', null],
      ]);
      expect(usage[0]?.bytes).toBeGreaterThanOrEqual(large);
      expect(usage[1]?.bytes).toBeGreaterThan(0);
      const crashes = [];
      for await (const crash of opened.upkeep.crashes(day)) crashes.push(crash);
      expect(crashes).toEqual([{ crashId: id, product: 'Teapot', partBytes: large }]);
    });

    it.each([small, large])('purges the dumps of a day, and keeps its reports (%i bytes)', async (size) => {
      const id = await store(1, size);
      const day = crashIdDay(id);
      const outcome = await opened.upkeep.purge({ day, kind: 'dumps' }, never);
      expect(outcome.crashes).toBe(1);
      expect(outcome.freed).toBeGreaterThanOrEqual(size);
      expect(await opened.crashes.openPart(id, 'd')).toBeNull();
      expect(await opened.crashes.locatePart(id, 'd')).toBeNull();
      expect((await opened.crashes.load(id))?.processed?.crash_id).toBe(id);
      expect(await opened.crashes.fate(id)).toMatchObject({
        state: 'stored',
        partsExpiredAt: expect.any(Number) as number,
      });
      expect(await opened.upkeep.purge({ day, kind: 'dumps' }, never)).toMatchObject({ freed: 0 });
    });

    it('purges all of a day, takes a late report into it, and says of the others that they have expired', async () => {
      const gone = await store(1);
      const day = crashIdDay(gone);
      const other = await store(2, small, sampleCrashId(2, Date.UTC(2026, 10, 23)));
      await opened.upkeep.purge({ day, kind: 'reports' }, never);
      expect(await opened.crashes.load(gone)).toBeNull();
      expect(await opened.crashes.openPart(gone, 'd')).toBeNull();
      expect(await run(gone)).toBe('gone');
      expect(await opened.crashes.fate(gone)).toMatchObject({ state: 'expired', at: expect.any(Number) as number });
      expect(await opened.crashes.days()).toEqual([crashIdDay(other)]);
      const late = await store(3);
      expect(await isWhole(late, 3)).toBe(true);
      expect(await isWhole(other, 2)).toBe(true);
      expect((await opened.crashes.fate(late)).state).toBe('stored');
    });

    it('purges only the crashes asked for', async () => {
      const [first, second, third] = [await store(1, large), await store(2), await store(3, large)];
      const day = crashIdDay(first);
      const wish = { day, kind: 'reports', crashIds: new Set([first, second]) } as const;
      expect((await opened.upkeep.purge(wish, never)).crashes).toBe(2);
      expect(await isWhole(third, 3, large)).toBe(true);
      expect(await ids(opened.upkeep.crashes(day))).toEqual([third]);
      expect(await opened.crashes.openPart(first, 'd')).toBeNull();
      expect((await opened.crashes.fate(second)).state).toBe('expired');
    });

    it('erases crashes for ever: neither a redelivery nor another post brings one back', async () => {
      const [small1, large1, kept] = [await store(1), await store(2, large), await store(3, large)];
      const seen: number[] = [];
      const options = { signal: never, progress: (done: number) => seen.push(done) };
      const outcome = await opened.upkeep.erase([small1, large1, sampleCrashId(9)], options);
      expect(outcome.crashes).toBe(2);
      expect(outcome.freed).toBeGreaterThan(0);
      expect(seen.at(-1)).toBe(3);
      for (const id of [small1, large1]) {
        expect(await opened.crashes.load(id)).toBeNull();
        expect(await opened.crashes.openPart(id, 'd')).toBeNull();
        expect(await opened.crashes.fate(id)).toMatchObject({ state: 'erased', at: expect.any(Number) as number });
        expect(await run(id)).toBe('gone');
        expect(await opened.crashes.setPending(samplePending(id))).toBe(false);
        await expect(store(7, small, id)).rejects.toMatchObject({ code: 'CRASH_EXISTS' });
      }
      await expect(store(9)).rejects.toMatchObject({ code: 'CRASH_EXISTS' });
      expect(await isWhole(kept, 3, large)).toBe(true);
      expect(await opened.upkeep.erase([small1], { signal: never })).toMatchObject({ crashes: 0 });
    });

    it('knows nothing of an id that never was', async () => {
      expect(await opened.crashes.fate(sampleCrashId(5))).toEqual({ state: 'unknown', at: null, partsExpiredAt: null });
    });

    it('stores reports while their day is purged and erased from, and loses none of the others', async () => {
      const doomed = await Promise.all([1, 2, 3].map((seed) => store(seed)));
      const day = crashIdDay(doomed[0] ?? '');
      const [, ...kept] = await Promise.all([
        opened.upkeep.erase(doomed, { signal: never }),
        ...[11, 12, 13, 14, 15, 16].map((seed) => store(seed, seed % 2 === 0 ? small : large)),
      ]);
      expect(await ids(opened.upkeep.crashes(day))).toEqual([...kept].sort());
      for (const [index, id] of kept.entries()) {
        expect(await isWhole(id, index + 11, index % 2 === 1 ? small : large)).toBe(true);
      }
    });

    it('takes and processes late reports while their day is purged: each is there whole, or has expired', async () => {
      const early = await store(1);
      const day = crashIdDay(early);
      const [, ...late] = await Promise.all([
        opened.upkeep.purge({ day, kind: 'reports' }, never),
        run(early, 1),
        ...[11, 12, 13, 14].map((seed) => store(seed, seed % 2 === 0 ? small : large)),
      ]);
      expect(['committed', 'gone']).toContain(late[0]);
      for (const id of late.slice(1)) {
        const { state } = await opened.crashes.fate(id);
        expect(['stored', 'expired']).toContain(state);
        expect((await opened.crashes.load(id)) !== null).toBe(state === 'stored');
      }
      const check = await opened.upkeep.check({ repair: false, signal: never });
      expect(check.findings.filter(({ code }) => code !== 'MARK_MISSING')).toEqual([]);
      expect((await opened.crashes.fate(early)).state).toBe('expired');
    });

    it('finds nothing wrong with a sound store', async () => {
      await store(1);
      await store(2, large);
      const check = await opened.upkeep.check({ repair: true, signal: never });
      expect(check).toEqual({ days: 1, crashes: 2, parts: 2, bytes: small + large, findings: [] });
    });

    it('copies itself into a folder that answers the same', async () => {
      const first = await store(1);
      const second = await store(2, large);
      await opened.upkeep.erase([first], { signal: never });
      const folder = await opened.copyFolder();
      const { files, crashes } = await opened.upkeep.copyTo(folder, { signal: never });
      expect(files.length).toBeGreaterThan(0);
      expect(crashes).toBe(1);
      const copy = await opened.openCopy(folder);
      expect(await copy.load(second)).toEqual(await opened.crashes.load(second));
      const part = await copy.openPart(second, 'd');
      const bytes = (await part?.read(0, large)) ?? new Uint8Array();
      expect(Buffer.compare(bytes, new FakeRandom(2).bytes(large))).toBe(0);
      await part?.close?.();
      expect((await copy.fate(first)).state).toBe('erased');
      await expect(opened.upkeep.copyTo(folder, { signal: never })).rejects.toMatchObject({
        code: 'COPY_FOLDER_NOT_EMPTY',
      });
    });
  });
}
