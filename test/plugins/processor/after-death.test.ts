import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RuleModuleReference, Stackwalker } from '@faultline/sdk';
import {
  FakeClock,
  FastClock,
  MemoryBus,
  MemoryCrashStorage,
  MemoryLogger,
  MemoryStateStore,
  sampleCrashId,
} from '@faultline/testing';
import { subjects } from '@faultline/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlackBox } from '../../../plugins/processor/src/processing/black-box.ts';
import { ExclusiveGate } from '../../../plugins/processor/src/processing/exclusive-gate.ts';
import { ProcessorMetrics } from '../../../plugins/processor/src/processor-metrics.ts';
import { alone } from '../../../plugins/processor/src/outbox/sink-turns.ts';
import { Reconciler } from '../../../plugins/processor/src/reconciler.ts';
import { makeRulesProgram } from './rules-program.ts';
import { eventually, startProcessor, submit } from './start-processor.ts';

/** No process has it: beyond the largest pid of Linux. */
const deadPid = 2 ** 22 + 1;

describe('The black box', () => {
  let folder: string;
  const logger = new MemoryLogger();
  const [a, b] = [sampleCrashId(1), sampleCrashId(2)];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faultline-box-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('suspects what was in hand at a death, and counts', () => {
    const first = new BlackBox(folder, logger);
    first.begin(a);
    first.begin(b);
    first.end(b);
    const second = new BlackBox(folder, logger);
    expect([second.deaths(a), second.deaths(b)]).toEqual([1, 0]);
    second.begin(a);
    const third = new BlackBox(folder, logger);
    expect(third.deaths(a)).toBe(2);
  });

  it('clears who gets through, and forgets nobody who was not tried again', () => {
    const first = new BlackBox(folder, logger);
    first.begin(a);
    first.begin(b);
    const second = new BlackBox(folder, logger);
    second.begin(a);
    second.end(a);
    second.close();
    const third = new BlackBox(folder, logger);
    expect([third.deaths(a), third.deaths(b)]).toEqual([0, 1]);
  });

  it('leaves nothing behind after a stop in order', async () => {
    const box = new BlackBox(folder, logger);
    box.begin(a);
    box.end(a);
    box.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('reads what other dead processes left, not what living ones hold, and minds no torn file', async () => {
    const page = (id: string) => JSON.stringify({ inHand: [id], suspects: {} });
    await writeFile(path.join(folder, `in-hand-${deadPid}.json`), page(a));
    await writeFile(path.join(folder, `in-hand-${process.ppid}.json`), page(b));
    await writeFile(path.join(folder, `in-hand-${deadPid + 1}.json`), '{"inHa');
    const box = new BlackBox(folder, logger);
    expect([box.deaths(a), box.deaths(b)]).toEqual([1, 0]);
  });
});

describe('A crash that was in hand when the process died', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let modules: RuleModuleReference[];
  let folder: string;
  beforeAll(async () => {
    maker = await makeRulesProgram();
    modules = [
      await maker.module(
        's',
        ['s/s'],
        "export default { rules: () => [rule('s/s', () => ({ patch: { signature: 'x' } }), { writes: ['signature'] })] };",
      ),
    ];
  });
  afterAll(() => maker.remove());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faultline-dead-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const walkerThat = (walk: Stackwalker['walk']): Stackwalker => ({
    id: 'w',
    title: 'w',
    walk,
    checkHealth: () => Promise.resolve(),
  });

  it('is tried again alone, and cleared when it gets through', async () => {
    const suspect = sampleCrashId(5);
    await writeFile(path.join(folder, `in-hand-${deadPid}.json`), JSON.stringify({ inHand: [suspect], suspects: {} }));
    const together = new Set<string>();
    let most = 0;
    let mostWithSuspect = 0;
    const walker = walkerThat(async ({ crashId }) => {
      together.add(crashId);
      most = Math.max(most, together.size);
      if (together.has(suspect)) mostWithSuspect = Math.max(mostWithSuspect, together.size);
      await new Promise((resolve) => setTimeout(resolve, 20));
      together.delete(crashId);
      return { status: 'OK', json: {}, tool: 't', version: '1', duration: 1, notes: [] };
    });
    const subject = await startProcessor({ program: maker.program, modules, walker, folder });
    const ids: string[] = [];
    for (let seed = 0; seed < 12; seed++) ids.push(await submit(subject, seed, { dump: new Uint8Array([1]) }));
    await eventually(async () => {
      for (const id of ids) expect((await subject.storage.load(id))?.runs).toHaveLength(1);
    });
    expect(most).toBeGreaterThan(1);
    expect(mostWithSuspect).toBe(1);
    await subject.stop();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given up after the second death, without being touched', async () => {
    const poison = sampleCrashId(5);
    const page = { inHand: [poison], suspects: { [poison]: 1 } };
    await writeFile(path.join(folder, `in-hand-${deadPid}.json`), JSON.stringify(page));
    const walk = vi.fn(() => Promise.reject(new Error('it must not be walked')));
    const subject = await startProcessor({ program: maker.program, modules, walker: walkerThat(walk), folder });
    await submit(subject, 5, { dump: new Uint8Array([1]) });
    await eventually(async () =>
      expect(await subject.processing.deadLetters(5)).toMatchObject([{ crashId: poison, code: 'PROCESSOR_DIED' }]),
    );
    expect(walk).not.toHaveBeenCalled();
    await subject.stop();
  });
});

describe('The gate', () => {
  it('lets one alone in when all others are out, and keeps newcomers waiting', async () => {
    const gate = new ExclusiveGate();
    const events: string[] = [];
    const act = (name: string) => async () => {
      events.push(`+${name}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      events.push(`-${name}`);
    };
    await Promise.all([
      gate.together(act('a')),
      gate.together(act('b')),
      gate.byOneself(act('X')),
      gate.byOneself(act('Y')),
      gate.together(act('c')),
    ]);
    const at = (event: string) => events.indexOf(event);
    expect(at('+b')).toBeLessThan(at('-a'));
    for (const alone of ['X', 'Y']) expect(at(`-${alone}`)).toBe(at(`+${alone}`) + 1);
    expect(at('+X')).toBeGreaterThan(at('-b'));
    await expect(gate.byOneself(() => Promise.reject(new Error('thrown inside')))).rejects.toThrow('thrown inside');
    await gate.together(act('d'));
    expect(events.at(-1)).toBe('-d');
  });
});

describe('The reconciler', () => {
  const clock = new FakeClock();
  const make = (overrides: { bus?: MemoryBus; storage?: MemoryCrashStorage; state?: MemoryStateStore } = {}) => {
    const bus = overrides.bus ?? new MemoryBus(clock);
    const storage = overrides.storage ?? new MemoryCrashStorage();
    const state = overrides.state ?? new MemoryStateStore(clock);
    const logger = new MemoryLogger();
    const reconciler = new Reconciler({ bus, storage, state, clock, logger, holder: 'n', every: 1000, rate: 5 });
    return { bus, storage, state, clock, reconciler, logger };
  };
  const never = new AbortController().signal;
  const depth = async (bus: MemoryBus, lane = 'normal') => (await bus.queueStatus(subjects.process(lane))).depth;

  it('puts a lost crash back, once', async () => {
    const subject = make();
    await submit(subject, 1, { isLost: true });
    expect(await subject.reconciler.reconcile(never)).toBe(0);
    await clock.advance(10_001);
    expect(await subject.reconciler.reconcile(never)).toBe(1);
    expect(await subject.reconciler.reconcile(never)).toBe(0);
    expect(await depth(subject.bus)).toBe(1);
  });

  it('does not double a backlog: what is younger than the oldest message of its lane is in the queue', async () => {
    const subject = make();
    const lost = await submit(subject, 1, { isLost: true });
    await clock.advance(60_000);
    for (let seed = 2; seed < 8; seed++) {
      await submit(subject, seed);
      await clock.advance(60_000);
    }
    await submit(subject, 20, { lane: 'priority', isLost: true });
    await clock.advance(60_000);
    expect(await subject.reconciler.reconcile(never)).toBe(2);
    expect(await depth(subject.bus)).toBe(7);
    expect(await depth(subject.bus, 'priority')).toBe(1);
    const consumer = await subject.bus.consumer<{ crashId: string }>(subjects.process('normal'), {
      name: 'x',
      ackWait: 1000,
    });
    expect((await consumer.fetch(10, 0)).map(({ data }) => data.crashId)).toContain(lost);
  });

  it('leaves deferred and dead crashes alone', async () => {
    const subject = make();
    await submit(subject, 1, { isLost: true, mark: { state: 'deferred' } });
    await submit(subject, 2, { isLost: true, mark: { state: 'dead' } });
    await clock.advance(60_000);
    expect(await subject.reconciler.reconcile(never)).toBe(0);
  });

  it('keeps to its rate', async () => {
    const subject = make();
    for (let seed = 0; seed < 12; seed++) await submit(subject, seed, { isLost: true });
    await clock.advance(60_000);
    const reconciled = subject.reconciler.reconcile(never);
    await clock.advance(0);
    expect(await depth(subject.bus)).toBe(5);
    await clock.advance(1000);
    expect(await depth(subject.bus)).toBe(10);
    await clock.advance(1000);
    expect(await reconciled).toBe(12);
  });

  it('lets one process do it', async () => {
    const subject = make();
    await submit(subject, 1, { isLost: true });
    await clock.advance(60_000);
    const other = await subject.state.acquireLease('reconcile', 'another', 60_000);
    expect(await subject.reconciler.reconcile(never)).toBe(0);
    await other?.release();
    expect(await subject.reconciler.reconcile(never)).toBe(1);
  });

  it('runs at the start and goes on after a failure until it is stopped', async () => {
    const subject = make();
    let calls = 0;
    vi.spyOn(subject.storage, 'pending').mockImplementation(() => {
      calls += 1;
      throw new Error('the store is away');
    });
    const stop = new AbortController();
    const running = subject.reconciler.run(stop.signal);
    await clock.advance(2500);
    stop.abort();
    await running;
    expect(calls).toBe(3);
    expect(subject.logger.messages('error')).toHaveLength(3);
  });
});

describe('The outbox’s delivery', () => {
  it('follows sinks that come and go, and gives a sink that hangs no power over others', async () => {
    const { OutboxDelivery } = await import('../../../plugins/processor/src/outbox/outbox-delivery.ts');
    const { listOf, rememberingSink } = await import('./start-processor.ts');
    const { sampleProcessed, samplePending, sampleRawCrash, sampleRun } = await import('@faultline/testing');
    const storage = new MemoryCrashStorage();
    const crashId = sampleCrashId(1);
    await storage.openDraft().commit({ raw: sampleRawCrash({ crashId }), pending: samplePending(crashId) });
    const sinks = ['early', 'late', 'hangs'];
    await storage.commitRun({
      crashId,
      run: 1,
      expectedRun: 0,
      processed: sampleProcessed(crashId),
      record: sampleRun(1),
      sinks,
    });
    const early = rememberingSink('early');
    const late = rememberingSink('late');
    const hanging = { id: 'hangs', title: 'hangs', deliver: () => new Promise<never>(() => {}) };
    const list = listOf([hanging, early.sink]);
    const clock = new FastClock(50, Date.UTC(2026, 10, 23));
    const logger = new MemoryLogger();
    const delivery = new OutboxDelivery({
      outbox: storage,
      storage,
      sinks: list,
      clock,
      logger,
      turns: alone,
      metrics: new ProcessorMetrics(),
    });
    await eventually(() => expect(early.taken.size).toBe(1));
    expect(late.taken.size).toBe(0);
    list.replace([hanging, late.sink]);
    await eventually(() => expect(late.taken.size).toBe(1));
    expect(Object.keys(await storage.backlog())).toEqual(['hangs']);
    await delivery.stop();
  });
});
