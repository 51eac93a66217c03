import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asBinary } from 'lmdb';
import {
  FakeRandom,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import type { CrashId } from '@faultline/sdk';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';

const never = new AbortController().signal;
const day = '2026-11-22';
const canary = 'canary-7f3a91';

let opened: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  opened = await openStore({ config: { largePart: 10_000 } });
});
afterEach(() => opened.dispose());
afterAll(removeBundle);

async function store(seed: number, { size = 500, text = 'ordinary' } = {}): Promise<CrashId> {
  const { crashes } = opened.store;
  const crashId = sampleCrashId(seed);
  const draft = crashes.openDraft();
  const bytes = Buffer.concat([Buffer.from(text), new FakeRandom(seed).bytes(size)]);
  const part = draft.addPart({ name: 'd', filename: '', contentType: '' });
  await part.write(bytes);
  const raw = sampleRawCrash({ crashId, parts: [await part.end()], annotations: { Comments: text } });
  await draft.commit({ raw, pending: samplePending(crashId) });
  const processed = sampleProcessed(crashId, { comments: text });
  for (const run of [1, 2]) {
    await crashes.commitRun({ crashId, run, expectedRun: run - 1, processed, record: sampleRun(run), sinks: ['s'] });
  }
  return crashId;
}

/** Files of the data folder that hold these bytes anywhere, free pages included. */
async function filesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(opened.folder, { recursive: true })) {
    const bytes = await readFile(path.join(opened.folder, name)).catch(() => null);
    if (bytes?.includes(text) === true) found.push(name);
  }
  return found;
}

function diskUsage(): number {
  return Number(execFileSync('du', ['-sB1', opened.folder], { encoding: 'utf8' }).split('\t')[0]);
}

describe('Erasing', () => {
  it.each([500, 50_000])(
    'leaves no byte of a crash in any file, and every other crash (part of %i bytes)',
    async (size) => {
      const doomed = await store(1, { size, text: canary });
      for (const seed of [2, 3, 4]) await store(seed, { size });
      expect((await filesWith(canary)).length).toBeGreaterThanOrEqual(2);
      await opened.store.upkeep.erase([doomed], { signal: never });
      expect(await filesWith(canary)).toEqual([]);
      expect((await opened.store.upkeep.check({ repair: false, signal: never })).findings).toEqual([]);
      const store2 = await opened.reopen();
      expect((await store2.crashes.fate(doomed)).state).toBe('erased');
      expect((await store2.crashes.load(sampleCrashId(2)))?.runs).toHaveLength(2);
    },
  );

  it('leaves nothing of what a run before the last one had written', async () => {
    const id = await store(1);
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
    expect(await filesWith(canary)).toEqual([]);
  });
});

describe('Purging', () => {
  it('gives at least 95% of the bytes back to the disk', async () => {
    for (let seed = 1; seed <= 30; seed++) await store(seed, { size: seed % 3 === 0 ? 50_000 : 9000 });
    const before = diskUsage();
    const [dumps] = await opened.store.upkeep.usage();
    const { freed } = await opened.store.upkeep.purge({ day, kind: 'dumps' }, never);
    expect(freed).toBe(dumps?.bytes);
    expect(before - diskUsage()).toBeGreaterThanOrEqual(0.95 * (dumps?.bytes ?? 0));
  });

  it('gives back what some crashes of a day took, too', async () => {
    const ids: CrashId[] = [];
    for (let seed = 1; seed <= 30; seed++) ids.push(await store(seed, { size: 9000 }));
    const before = diskUsage();
    await opened.store.upkeep.purge({ day, kind: 'dumps', crashIds: new Set(ids.slice(3)) }, never);
    expect(before - diskUsage()).toBeGreaterThanOrEqual(0.95 * 27 * 9000);
    expect(await opened.store.crashes.openPart(ids[0] ?? '', 'd')).not.toBeNull();
  });
});

describe('Other processes that have the day open', () => {
  it('lose nothing and go on while it is erased from and purged', async () => {
    const others = [
      await startStoreProcess(['beside', opened.folder, '3000']),
      await startStoreProcess(['beside', opened.folder, '120000']),
    ];
    for (const other of others) await other.until(() => other.events.filter(({ stored }) => stored).length > 5);
    const stored = (process: (typeof others)[number]) => process.events.filter((event) => event.stored !== undefined);
    for (let seed = 1; seed <= 5; seed++) {
      await store(seed, { text: canary });
      await opened.store.upkeep.erase([sampleCrashId(seed)], { signal: never });
    }
    const beforePurge = others.map((other) => stored(other).length);
    for (const other of others) expect(other.events.filter(({ wrong, refused }) => wrong ?? refused)).toEqual([]);
    await opened.store.upkeep.purge({ day, kind: 'reports' }, never);
    const afterPurge = others.map((other) => stored(other).length);
    for (const [index, other] of others.entries()) {
      await other.until(() => stored(other).length > (afterPurge[index] ?? 0) + 5);
      await other.kill('SIGKILL');
      expect(other.events.filter(({ refused }) => refused)).toEqual([]);
      // The one that was stored and read back while the day went; the rest must be there.
      expect(other.events.filter(({ wrong }) => wrong).length).toBeLessThanOrEqual(1);
      const after = stored(other).slice((afterPurge[index] ?? 0) + 2);
      for (const { stored: id } of after)
        expect((await opened.store.crashes.load(id ?? ''))?.raw.parts).toHaveLength(2);
      expect(beforePurge[index]).toBeGreaterThan(5);
    }
    expect(await filesWith(canary)).toEqual([]);
    const check = await opened.store.upkeep.check({ repair: false, signal: never });
    expect(check.findings).toEqual([]);
  });

  it('may be killed anywhere in a rewrite: the day opens again, and nothing of another is lost', async () => {
    const kept: CrashId[] = [];
    for (let round = 0; round < 5; round++) {
      const other = await startStoreProcess(['erase', opened.folder, '3000']);
      await other.until(() => other.events.some(({ erased }) => erased));
      await new Promise((resolve) => setTimeout(resolve, 37 * round));
      await other.kill('SIGKILL');
      const began = performance.now();
      kept.push(await store(round + 1));
      expect(performance.now() - began).toBeLessThan(3000);
    }
    await opened.store.upkeep.erase([kept[0] ?? ''], { signal: never });
    for (const id of kept.slice(1)) expect((await opened.store.crashes.load(id))?.runs).toHaveLength(2);
    const files = (await readdir(path.join(opened.folder, 'crashes', day))).filter((name) => !name.endsWith('-lock'));
    expect(files.filter((name) => name !== 'large')).toHaveLength(2);
  });

  it('are not waited for once their lease is over, and begin anew when they wake', { timeout: 30_000 }, async () => {
    const other = await startStoreProcess(['beside', opened.folder, '3000']);
    await other.until(() => other.events.filter(({ stored }) => stored).length > 3);
    process.kill(other.pid, 'SIGSTOP');
    const id = await store(1, { text: canary });
    await opened.store.upkeep.erase([id], { signal: never });
    const before = other.events.length;
    process.kill(other.pid, 'SIGCONT');
    await other.until(() => other.events.length > before + 6);
    await other.kill('SIGKILL');
    expect(await filesWith(canary)).toEqual([]);
    const after = other.events.slice(before + 1).filter((event) => event.stored !== undefined);
    for (const event of after) expect(await opened.store.crashes.load(event.stored ?? '')).not.toBeNull();
  });
});

describe('Checking', () => {
  it('finds a damaged part, a missing one, a mark of nothing and a crash that nobody will process', async () => {
    const damaged = await store(1, { size: 50_000 });
    const missing = await store(2);
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
    const processed = await store(2);
    await store(1);
    await environments.makeReports(day, (reports) =>
      reports.write(async (tables) => {
        await tables.raw.put(raw, asBinary(Buffer.from('{"crashId": broken')) as never);
        await tables.processed.put(processed, asBinary(Buffer.from('broken')) as never);
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
    expect(existsSync(path.join(opened.folder, 'quarantine', `${raw}.d`))).toBe(true);
  });
});
