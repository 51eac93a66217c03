import { MemoryLogger, sampleCrashId, samplePending, sampleRawCrash } from '@faultline/testing';
import type { Contribution, CrashEraser, CrashId, CrashSink } from '@faultline/sdk';
import { describeJob } from '@faultline/testing/suites';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetentionConfig } from '../../../plugins/retention/src/config.ts';
import { purgeJob } from '../../../plugins/retention/src/purge-job.ts';
import { StoreRetention } from '../../../plugins/retention/src/retention.ts';
import { openStore } from '../storage-lmdb/open-store.ts';

const oneDay = 86_400_000;
const never = new AbortController().signal;
const byClock = { isDryRun: false, isByHand: false, signal: never };

let opened: Awaited<ReturnType<typeof openStore>>;
let forgotten: CrashId[];
beforeEach(async () => {
  opened = await openStore();
  forgotten = [];
});
afterEach(() => opened.dispose());

function listOf<T>(value: T) {
  const all: Contribution<T>[] = [{ plugin: 'test', value }];
  return { all: () => all, get: () => all[0], onChange: () => () => {} };
}

function retention(config: Partial<RetentionConfig> = {}) {
  const sink: CrashSink = {
    id: 'sink',
    title: 'Sink',
    deliver: () => Promise.resolve(),
    remove: (ids) => Promise.resolve(void forgotten.push(...ids)),
  };
  const eraser: CrashEraser = { id: 'e', title: 'E', erase: () => Promise.resolve({ records: 0 }) };
  const { store, clock } = opened;
  return new StoreRetention({
    config: RetentionConfig.parse(config),
    upkeep: store.upkeep,
    state: store.state,
    sinks: listOf(sink),
    erasers: listOf(eraser),
    products: () => Promise.resolve([]),
    // Nobody has anything in hand here that would have to be waited for.
    clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep: () => Promise.resolve() },
    logger: new MemoryLogger(),
  });
}

/** A report that is so many days old. */
async function store(seed: number, age: number, product = 'Teapot'): Promise<CrashId> {
  const { store, clock } = opened;
  const crashId = sampleCrashId(seed, clock.now() - age * oneDay);
  const draft = store.crashes.openDraft();
  const part = draft.addPart({ name: 'd', filename: '', contentType: '' });
  await part.write(new Uint8Array(5000));
  const raw = sampleRawCrash({ crashId, parts: [await part.end()] });
  raw.metadata.identity.product = product;
  await draft.commit({ raw, pending: samplePending(crashId) });
  return crashId;
}

describe('A purge', () => {
  it('takes dumps first, then crashes with their traces, and says what it freed', async () => {
    const [old, middle, young] = [await store(1, 200), await store(2, 40), await store(3, 5)];
    const dry = await retention().purge({ ...byClock, isDryRun: true });
    expect(dry.steps.map(({ kind, products }) => [kind, products])).toEqual([
      ['reports', null],
      ['dumps', null],
    ]);
    expect(await opened.store.crashes.load(old)).not.toBeNull();
    const receipt = await retention().purge(byClock);
    expect(receipt).toMatchObject({ isDryRun: false, clockAhead: null, crashes: 2, freed: dry.freed });
    // Before, and once more for what another process had in hand.
    expect(forgotten).toEqual([old, old]);
    expect((await opened.store.crashes.fate(old)).state).toBe('expired');
    expect(await opened.store.crashes.openPart(middle, 'd')).toBeNull();
    expect(await opened.store.crashes.load(middle)).not.toBeNull();
    expect(await opened.store.crashes.openPart(young, 'd')).not.toBeNull();
    expect((await retention().purge(byClock)).steps).toEqual([]);
  });

  it('takes only the products of a day that are due, once', async () => {
    const kept = await store(1, 10, 'Kettle');
    const gone = await store(2, 10, 'Teapot');
    const config = { products: { Teapot: { dumpDays: 3 } } };
    expect((await retention(config).purge(byClock)).steps).toMatchObject([{ kind: 'dumps', products: ['Teapot'] }]);
    expect(await opened.store.crashes.openPart(gone, 'd')).toBeNull();
    expect(await opened.store.crashes.openPart(kept, 'd')).not.toBeNull();
    expect((await retention(config).purge(byClock)).steps).toEqual([]);
  });

  it('does not believe a date that jumped ahead before the next night, unless told', async () => {
    const id = await store(1, 1);
    await retention().purge(byClock);
    await opened.clock.advance(3650 * oneDay);
    expect(await retention().purge(byClock)).toMatchObject({ clockAhead: 3650, steps: [] });
    await opened.clock.advance(-3650 * oneDay);
    expect(await retention().purge(byClock)).toMatchObject({ clockAhead: null, steps: [] });
    expect(await opened.store.crashes.load(id)).not.toBeNull();
    await opened.clock.advance(3650 * oneDay);
    expect((await retention().purge({ ...byClock, isByHand: true })).crashes).toBe(1);
  });

  it('believes the date when it still stands a day later', async () => {
    await store(1, 1);
    await retention().purge(byClock);
    await opened.clock.advance(400 * oneDay);
    expect((await retention().purge(byClock)).clockAhead).toBe(400);
    await opened.clock.advance(oneDay);
    expect(await retention().purge(byClock)).toMatchObject({ clockAhead: null, crashes: 1 });
  });
});

describeJob('retention/purge', async () => {
  await store(1, 200);
  return {
    job: purgeJob(retention(), '23 2 * * *'),
    params: { dryRun: false },
    effect: async () => (await opened.store.upkeep.usage()).map(({ bytes }) => bytes),
  };
});
