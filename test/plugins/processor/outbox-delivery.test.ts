import type { Clock, CrashId, CrashSink } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import {
  FakeClock,
  FastClock,
  MemoryCrashStorage,
  MemoryLogger,
  MemoryStateStore,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { FreshRuns } from '../../../plugins/processor/src/outbox/fresh-runs.ts';
import { OutboxDelivery } from '../../../plugins/processor/src/outbox/outbox-delivery.ts';
import { ProcessorMetrics } from '../../../plugins/processor/src/processor-metrics.ts';
import { alone, LeasedSinkTurns } from '../../../plugins/processor/src/outbox/sink-turns.ts';
import type { SinkTurns } from '../../../plugins/processor/src/outbox/sink-turns.ts';
import { eventually, listOf, rememberingSink } from './start-processor.ts';

const noon = Date.UTC(2026, 10, 22, 12);

async function storeCrash(storage: MemoryCrashStorage, seed: number, sinks: string[], now: number): Promise<CrashId> {
  const crashId = sampleCrashId(seed);
  await storage.openDraft().commit({ raw: sampleRawCrash({ crashId }), pending: samplePending(crashId) });
  const completed = new Date(now).toISOString();
  const record = { ...sampleRun(1), completed };
  await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed: sampleProcessed(crashId), record, sinks });
  return crashId;
}

describe('The outbox', () => {
  const deliveries: OutboxDelivery[] = [];
  afterEach(async () => {
    for (const delivery of deliveries.splice(0)) await delivery.stop();
  });
  function deliver(storage: MemoryCrashStorage, sinks: CrashSink[], clock: Clock, turns: SinkTurns = alone) {
    const logger = new MemoryLogger();
    const metrics = new ProcessorMetrics();
    const delivery = new OutboxDelivery({
      outbox: storage,
      storage,
      sinks: listOf(sinks),
      clock,
      logger,
      turns,
      metrics,
    });
    deliveries.push(delivery);
    return delivery;
  }

  it('loses nothing of an hour in which a sink is down, delays no other, and catches up', async () => {
    const clock = new FastClock(4000, noon);
    const storage = new MemoryCrashStorage();
    const hour = 3_600_000;
    const sick = rememberingSink('sick', () =>
      clock.now() < noon + hour ? new FaultlineError('Unavailable', 'SINK_DOWN', 'down') : null,
    );
    const well = rememberingSink('well');
    deliver(storage, [sick.sink, well.sink], clock);
    const ids: CrashId[] = [];
    for (let seed = 0; seed < 300; seed++) ids.push(await storeCrash(storage, seed, ['sick', 'well'], clock.now()));
    await eventually(() => expect(well.taken.size).toBe(300));
    expect(clock.now()).toBeLessThan(noon + hour);
    expect(await storage.backlog()).toMatchObject({ sick: { rows: 300 } });
    expect(sick.taken.size).toBe(0);
    await eventually(() => expect(sick.taken.size).toBe(300));
    expect([...sick.taken.keys()].sort()).toEqual([...ids].sort());
    expect([...sick.taken.values()].every((runs) => runs.length === 1)).toBe(true);
    await eventually(async () => expect(await storage.backlog()).toEqual({}));
    // Waiting longer after each failure: an hour is some hundred attempts, not thousands.
    expect(sick.attempts()).toBeLessThan(1000);
  });

  it('is delivered by one of several processes, and by another when that one dies', async () => {
    const clock = new FastClock(200, noon);
    const storage = new MemoryCrashStorage();
    const state = new MemoryStateStore(clock);
    const [one, two] = [rememberingSink('shared'), rememberingSink('shared')];
    const dying = new LeasedSinkTurns({ state, clock, nodeId: 'one' });
    expect(await dying.isMine('shared')).toBe(true);
    deliver(storage, [two.sink], clock, new LeasedSinkTurns({ state, clock, nodeId: 'two' }));
    const id = await storeCrash(storage, 1, ['shared'], clock.now());
    await clock.sleep(5000);
    expect([one.taken.size, two.taken.size]).toEqual([0, 0]);
    await eventually(() => expect([...two.taken.keys()]).toEqual([id]));
    expect(await dying.isMine('shared')).toBe(false);
  });

  it('leaves the rows of a sink that is elsewhere', async () => {
    const clock = new FastClock(200, noon);
    const storage = new MemoryCrashStorage();
    const elsewhere = rememberingSink('elsewhere');
    let isHere = false;
    deliver(storage, [{ ...elsewhere.sink, isHere: () => isHere }], clock);
    await storeCrash(storage, 1, ['elsewhere'], clock.now());
    await clock.sleep(4000);
    expect(elsewhere.attempts()).toBe(0);
    isHere = true;
    await eventually(() => expect(elsewhere.taken.size).toBe(1));
  });
});

describe('Runs that were written a moment ago', () => {
  it('are had without reading, for two seconds, of the same run, and not too many', async () => {
    const clock = new FakeClock();
    const fresh = new FreshRuns(clock);
    const crash = sampleProcessed(sampleCrashId(0));
    fresh.add({ crash, run: 1 }, 2);
    expect(fresh.get(crash.crash_id, 2)).toBeNull();
    expect(fresh.get(crash.crash_id, 1)).toBe(crash);
    expect(fresh.get(crash.crash_id, 1)).toBe(crash);
    // Each sink has had it.
    expect(fresh.get(crash.crash_id, 1)).toBeNull();
    fresh.add({ crash, run: 1 }, 2);
    // Each as large as a crash of a hundred threads.
    const json_dump = {
      threads: Array.from({ length: 100 }, () => ({ frames: Array.from({ length: 20 }, () => ({})) })),
    };
    for (let seed = 1; seed < 100; seed++) {
      fresh.add({ crash: sampleProcessed(sampleCrashId(seed), { json_dump }), run: 1 }, 2);
    }
    expect(fresh.get(crash.crash_id, 1)).toBeNull();
    expect(fresh.get(sampleCrashId(99), 1)).not.toBeNull();
    await clock.advance(2000);
    fresh.letGo();
    expect(fresh.get(sampleCrashId(99), 1)).toBeNull();
  });
});
