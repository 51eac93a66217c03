/**
 * LMDB uses the pages of what was deleted again, unless somebody reads from an old state for ever or its list of free
 * pages is damaged: then files grow with each round.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { sampleProcessed, sampleRun } from '@faultline/testing';
import type { CrashId } from '@faultline/sdk';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, storeReport, type OpenedStore } from './marked-reports.ts';
import { openStore } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';

const never = new AbortController().signal;

/** `file-growth.long.test.ts` has more of them, and other processes that use the folder meanwhile. */
const rounds = Number(process.env['FAULTLINE_GROWTH_ROUNDS'] ?? 6);
const perRound = 24;
/** What stays of each erased crash: its id, in a page that is half full at worst. */
const tombstone = 200;
/** A crash id, a run's number, and what LMDB adds to each row. */
const rowKey = 54;

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openStore({ config: { largePart: 10_000 } });
});
afterEach(() => opened.dispose());
afterAll(removeBundle);

/** Bytes of the files whose path matches. */
async function bytesOf(pattern: RegExp): Promise<number> {
  const names = await readdir(opened.folder, { recursive: true });
  const sizes = names.filter((name) => pattern.test(name)).map((name) => stat(path.join(opened.folder, name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}

function fill(round: number): Promise<CrashId[]> {
  const seeds = Array.from({ length: perRound }, (_, n) => round * perRound + n + 1);
  return Promise.all(seeds.map((seed) => storeReport(opened, seed, { size: seed % 4 === 0 ? 20_000 : 3000 })));
}

describe('Files', () => {
  it(`do not grow by being filled, purged and erased ${rounds} times`, { timeout: 1_200_000 }, async () => {
    const { upkeep, state } = opened.store;
    const others = rounds > 10 ? await Promise.all(['beside', 'count'].map(start)) : [];
    let early = 0;
    let erased = 0;
    for (let round = 0; round < rounds; round++) {
      const ids = await fill(round);
      await Promise.all(ids.map((id) => state.set(['test', id], { note: id.repeat(20) })));
      const [doomed, due] = [ids.slice(0, perRound / 2), ids.slice(perRound / 2)];
      await upkeep.erase(doomed, { signal: never });
      erased += doomed.length;
      for (const kind of ['dumps', 'reports'] as const) {
        await upkeep.purge({ day, kind, crashIds: new Set(due) }, never);
      }
      await Promise.all(ids.map((id) => state.delete(['test', id])));
      if (round === 2) early = (await bytesOf(/\.mdb$/)) + erased * tombstone;
    }
    for (const other of others) {
      await other.kill('SIGKILL');
      expect(other.errors.join('')).toBe('');
      expect(other.events.filter(({ wrong, refused }) => wrong ?? refused)).toEqual([]);
    }
    // What the others left stays theirs, and is erased for the comparison.
    const left = others.flatMap(({ events }) => events.flatMap(({ stored }) => (stored === undefined ? [] : [stored])));
    if (left.length > 0) await upkeep.erase(left, { signal: never });
    const allowed = (erased + left.length) * tombstone;
    expect(await bytesOf(/\.mdb$/)).toBeLessThan(early * 1.25 + allowed + 65_536);
    expect(await bytesOf(/[\\/]large[\\/]/)).toBe(0);
    expect((await upkeep.check({ repair: false, signal: never })).findings).toEqual([]);
  });

  it('do not grow by crashes that are processed again and again', async () => {
    const { crashes } = opened.store;
    const ids = await fill(0);
    let early = 0;
    for (let run = 3; run <= rounds * 4; run++) {
      const commits = ids.map((crashId) => {
        const processed = sampleProcessed(crashId, { comments: `${run} `.repeat(500) });
        return crashes.commitRun({
          crashId,
          run,
          expectedRun: run - 1,
          processed,
          record: sampleRun(run),
          sinks: [],
        });
      });
      await Promise.all(commits);
      if (run === 8) early = await bytesOf(/reports\.\d+\.mdb$/);
    }
    // Each run's record stays, with its key, in a page that is half full at worst; what the run replaced does not.
    const record = JSON.stringify(sampleRun(rounds * 4)).length + rowKey;
    expect(await bytesOf(/reports\.\d+\.mdb$/)).toBeLessThan(early * 1.25 + ids.length * rounds * 4 * record * 2);
  });
});

function start(mode: string) {
  return startStoreProcess([mode, opened.folder, '3000']);
}
