import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sampleCrashId, samplePending, sampleProcessed, sampleRawCrash, sampleRun } from '@faultline/testing';
import type { CrashId } from '@faultline/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canary, day, filesWith, storeReport, type OpenedStore } from './marked-reports.ts';
import { openStore } from './open-store.ts';

const never = new AbortController().signal;

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openStore({ config: { largePart: 10_000 } });
});
afterEach(() => opened.dispose());

function diskUsage(): number {
  return Number(execFileSync('du', ['-sB1', opened.folder], { encoding: 'utf8' }).split('\t')[0]);
}

describe('Erasing', () => {
  it.each([500, 50_000])(
    'leaves no byte of a crash in any file, and every other crash (part of %i bytes)',
    async (size) => {
      const doomed = await storeReport(opened, 1, { size, text: canary });
      for (const seed of [2, 3, 4]) await storeReport(opened, seed, { size });
      expect((await filesWith(opened, canary)).length).toBeGreaterThanOrEqual(2);
      await opened.store.upkeep.erase([doomed], { signal: never });
      expect(await filesWith(opened, canary)).toEqual([]);
      expect((await opened.store.upkeep.check({ repair: false, signal: never })).findings).toEqual([]);
      const store2 = await opened.reopen();
      expect((await store2.crashes.fate(doomed)).state).toBe('erased');
      expect((await store2.crashes.load(sampleCrashId(2)))?.runs).toHaveLength(2);
    },
  );

  it('leaves nothing of what a run before the last one had written', async () => {
    const id = await storeReport(opened, 1);
    const processed = sampleProcessed(id, { comments: canary });
    const { crashes } = opened.store;
    await crashes.commitRun({ crashId: id, run: 3, expectedRun: 2, processed, record: sampleRun(3), sinks: [] });
    await crashes.commitRun({
      crashId: id,
      run: 4,
      expectedRun: 3,
      processed: sampleProcessed(id),
      record: sampleRun(4),
      sinks: [],
    });
    await opened.store.upkeep.erase([id], { signal: never });
    expect(await filesWith(opened, canary)).toEqual([]);
  });
});

describe('Two jobs at the same day', () => {
  it('take turns', async () => {
    const ids = [await storeReport(opened, 1), await storeReport(opened, 2)];
    const kept = await storeReport(opened, 3);
    let isDone = false;
    const both = Promise.all(ids.map((id) => opened.store.upkeep.erase([id], { signal: never })));
    void both.finally(() => (isDone = true));
    while (!isDone) {
      await opened.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await both).map(({ crashes }) => crashes)).toEqual([1, 1]);
    for (const id of ids) expect((await opened.store.crashes.fate(id)).state).toBe('erased');
    expect((await opened.store.crashes.load(kept))?.runs).toHaveLength(2);
  });
});

describe('Purging', () => {
  it('gives at least 95% of the bytes back to the disk', async () => {
    for (let seed = 1; seed <= 30; seed++) await storeReport(opened, seed, { size: seed % 3 === 0 ? 50_000 : 9000 });
    const before = diskUsage();
    const [dumps] = await opened.store.upkeep.usage();
    const { freed } = await opened.store.upkeep.purge({ day, kind: 'dumps' }, never);
    expect(freed).toBe(dumps?.bytes);
    expect(before - diskUsage()).toBeGreaterThanOrEqual(0.95 * (dumps?.bytes ?? 0));
  });

  it('gives back what some crashes of a day took, too', async () => {
    const ids: CrashId[] = [];
    for (let seed = 1; seed <= 30; seed++) ids.push(await storeReport(opened, seed, { size: 9000 }));
    const before = diskUsage();
    await opened.store.upkeep.purge({ day, kind: 'dumps', crashIds: new Set(ids.slice(3)) }, never);
    expect(before - diskUsage()).toBeGreaterThanOrEqual(0.95 * 27 * 9000);
    expect(await opened.store.crashes.openPart(ids[0] ?? '', 'd')).not.toBeNull();
  });
});

describe('Checking', () => {
  it('finds a damaged part, a missing one, a mark of nothing and a crash that nobody will process', async () => {
    const damaged = await storeReport(opened, 1, { size: 50_000 });
    const missing = await storeReport(opened, 2);
    const unmarked = sampleCrashId(3);
    const dangling = sampleCrashId(4);
    const largeFile = path.join(opened.folder, 'crashes', day, 'large', `${damaged}.d`);
    await writeFile(largeFile, 'not the dump');
    const { environments, upkeep, crashes } = opened.store;
    await environments.makeDumps(day, (dumps) => dumps.write(({ parts }) => parts.remove(`${missing}/d`)));
    await environments.makeReports(day, (reports) =>
      reports.write(async ({ raw, pending, pendingByAge }) => {
        await raw.put(unmarked, sampleRawCrash({ crashId: unmarked }));
        await pending.put(dangling, samplePending(dangling));
        await pendingByAge.put(['pending', 5, dangling], new Uint8Array());
      }),
    );
    const found = await upkeep.check({ repair: false, signal: never });
    const expected = [
      ['PART_DAMAGED', damaged],
      ['PART_MISSING', missing],
      ['MARK_MISSING', unmarked],
      ['MARK_DANGLING', dangling],
    ];
    expect(found.findings.map(({ code, crashId }) => [code, crashId]).sort()).toEqual(expected.sort());
    expect(found.findings.every(({ repair }) => repair === null)).toBe(true);
    await upkeep.check({ repair: true, signal: never });
    const left = await upkeep.check({ repair: true, signal: never });
    expect(left.findings.map(({ code }) => code).sort()).toEqual(['PART_DAMAGED', 'PART_MISSING']);
    expect((await crashes.load(unmarked))?.pending?.reason).toBe('reconciled');
  });

  it('keeps what it can not read in quarantine, and has the crash processed again where that helps', async () => {
    const { environments, upkeep, crashes } = opened.store;
    const raw = sampleCrashId(1);
    const processed = await storeReport(opened, 2);
    await storeReport(opened, 1);
    await environments.makeReports(day, (reports) =>
      reports.write(async (tables) => {
        await tables.raw.put(raw, 'broken' as never);
        await tables.processed.put(processed, 'broken' as never);
      }),
    );
    const found = await upkeep.check({ repair: true, signal: never });
    expect(found.findings.map(({ code, crashId }) => [code, crashId]).sort()).toEqual(
      [
        ['RECORD_UNREADABLE', raw],
        ['RECORD_UNREADABLE', processed],
      ].sort(),
    );
    const kept = await readdir(path.join(opened.folder, 'quarantine'));
    expect(kept.sort()).toEqual(
      [`${raw}.d`, `${raw}.processed.json`, `${raw}.raw.json`, `${processed}.processed.json`].sort(),
    );
    expect((await crashes.load(processed))?.pending?.run).toBe(3);
    expect(await crashes.load(raw)).toBeNull();
    expect((await upkeep.check({ repair: false, signal: never })).findings).toEqual([]);
    await upkeep.erase([raw], { signal: never });
    expect(await readdir(path.join(opened.folder, 'quarantine'))).toEqual([`${processed}.processed.json`]);
  });
});
