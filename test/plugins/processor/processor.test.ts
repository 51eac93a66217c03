import { subjects } from '@faultline/sdk';
import type { CrashStepEvent, RuleModuleReference, Stackwalker } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { FakeRandom, FastClock, MemoryCrashStorage, sampleCrashId } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeRulesProgram } from './rules-program.ts';
import { okWalker, signingRules } from './signing-rules.ts';
import { eventually, publish, rememberingSink, startProcessor, submit } from './start-processor.ts';

describe('A processor', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let signing: RuleModuleReference;
  const program = () => maker.program;
  beforeAll(async () => {
    maker = await makeRulesProgram();
    signing = await signingRules(maker);
  });
  afterAll(() => maker.remove());

  it('walks, signs, stores, tells, hands on, and ends the message', async () => {
    const search = rememberingSink('search');
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      sinks: [search.sink],
      walker: okWalker,
    });
    const steps: string[] = [];
    const processed: unknown[] = [];
    subject.bus.on<CrashStepEvent>(subjects.crashStep, ({ step }) => void steps.push(step));
    subject.bus.on(subjects.crashProcessed, (event) => void processed.push(event));
    const id = await submit(subject, 1, { dump: new Uint8Array([1]) });
    await eventually(() => expect(search.taken.get(id)).toEqual([1]));
    const stored = await subject.storage.load(id);
    expect(stored?.pending).toBeNull();
    expect(stored?.processed).toMatchObject({
      crash_id: id,
      status: 'complete',
      signature: 'kettle::boil',
      json_dump: { part: 'upload_file_minidump' },
      mdsw_status_string: 'OK',
      success: true,
      stackwalk_version: 'fake 1',
    });
    expect(stored?.runs).toMatchObject([
      {
        run: 1,
        ruleset: 'default',
        reason: 'received',
        status: 'complete',
        stackwalk: { tool: 'fake', status: 'OK' },
        rules: [{ rule: 'sign/sign', outcome: 'written', fields: ['signature'] }],
        changed: [],
        host: 'test',
      },
    ]);
    expect(steps).toEqual(['walking the minidump', 'applying rules', 'storing the result']);
    expect(processed).toEqual([{ crashId: id, product: '', signature: 'kettle::boil', status: 'complete' }]);
    await eventually(async () => expect((await subject.bus.queueStatus(subjects.process('normal'))).depth).toBe(0));
    await subject.stop();
  });

  it('says partial when a dump could not be walked, failed without a signature', async () => {
    const broken: Stackwalker = {
      ...okWalker,
      walk: () =>
        Promise.resolve({
          status: 'EmptyMinidump',
          json: null,
          tool: 'f',
          version: '1',
          duration: 0,
          notes: ['empty'],
        }),
    };
    const subject = await startProcessor({ program: program(), modules: [signing], walker: broken });
    const id = await submit(subject, 1, { dump: new Uint8Array() });
    const unsigned = await submit(subject, 2, { annotations: { sig: '' } });
    await eventually(async () => expect((await subject.storage.load(unsigned))?.runs).toHaveLength(1));
    expect((await subject.storage.load(id))?.processed).toMatchObject({
      status: 'partial',
      mdsw_status_string: 'EmptyMinidump',
      success: false,
    });
    expect((await subject.storage.load(id))?.runs[0]?.notes).toEqual(['empty']);
    expect((await subject.storage.load(unsigned))?.processed?.status).toBe('failed');
    await subject.stop();
  });

  it('runs once more when asked, keeps both runs, and names what changed', async () => {
    const search = rememberingSink('search');
    const modules = [
      signing,
      await maker.module(
        'n',
        ['n/count'],
        "let n = 0; export default { rules: () => [rule('n/count', () => ({ patch: { n_count: ++n } }))] };",
      ),
    ];
    const subject = await startProcessor({ program: program(), modules, sinks: [search.sink], walker: okWalker });
    const id = await submit(subject, 1, { dump: new Uint8Array([1]) });
    await eventually(() => expect(search.taken.get(id)).toEqual([1]));
    const asked = await subject.processing.reprocess(id, {
      ruleset: 'default',
      lane: 'reprocessing',
      reason: 'reprocess',
    });
    expect(asked).toEqual({ crashId: id, run: 2 });
    await eventually(() => expect(search.taken.get(id)).toEqual([1, 2]));
    await subject.processing.reprocess(id, {
      ruleset: 'regenerate-signature',
      lane: 'reprocessing',
      reason: 'symbols',
    });
    await eventually(() => expect(search.taken.get(id)).toEqual([1, 2, 3]));
    const stored = await subject.storage.load(id);
    expect(stored?.runs.map(({ run, changed, reason, rules }) => [run, changed, reason, rules.length])).toEqual([
      [1, [], 'received', 2],
      [2, ['n_count'], 'reprocess', 2],
      [3, [], 'symbols', 1],
    ]);
    expect(stored?.processed?.['json_dump']).toEqual({ part: 'upload_file_minidump' });
    await expect(
      subject.processing.reprocess(id, { ruleset: 'nonsense', lane: 'normal', reason: 'reprocess' }),
    ).rejects.toMatchObject({ code: 'RULESET_UNKNOWN' });
    await expect(
      subject.processing.reprocess(sampleCrashId(99), { ruleset: 'default', lane: 'normal', reason: 'reprocess' }),
    ).rejects.toMatchObject({ code: 'CRASH_UNKNOWN' });
    await subject.stop();
  });

  it('acks a message whose run is written, of a crash that is gone, or that nobody waits for', async () => {
    const walk = vi.fn(okWalker.walk);
    const subject = await startProcessor({ program: program(), modules: [signing], walker: { ...okWalker, walk } });
    const id = await submit(subject, 1, { dump: new Uint8Array([1]) });
    await eventually(async () => expect((await subject.storage.load(id))?.runs).toHaveLength(1));
    const mark = { run: 1, ruleset: 'default', reason: 'received', since: 0, state: 'pending' } as const;
    await publish(subject.bus, { ...mark, crashId: id, lane: 'priority' });
    await publish(subject.bus, { ...mark, crashId: sampleCrashId(404), lane: 'normal' });
    const deferred = await submit(subject, 2, { mark: { state: 'deferred' }, dump: new Uint8Array([1]) });
    await eventually(async () => {
      for (const lane of ['priority', 'normal'])
        expect((await subject.bus.queueStatus(subjects.process(lane))).depth).toBe(0);
    });
    expect(walk).toHaveBeenCalledTimes(1);
    expect((await subject.storage.load(deferred))?.runs).toEqual([]);
    await subject.stop();
  });

  it('gives a crash up after its attempts, shows why, and replays it', async () => {
    let isBroken = true;
    const walker: Stackwalker = {
      ...okWalker,
      walk: (job, signal) => (isBroken ? Promise.reject(new TypeError('a bug')) : okWalker.walk(job, signal)),
    };
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      walker,
      config: { maxDeliveries: 3 },
    });
    const events: unknown[] = [];
    subject.bus.on(subjects.crashDead, (event) => void events.push(event));
    const id = await submit(subject, 1, { dump: new Uint8Array([1]) });
    await eventually(async () => expect(await subject.processing.deadLetters(10)).toHaveLength(1));
    expect(await subject.processing.deadLetters(10)).toMatchObject([
      { crashId: id, run: 1, code: 'PROCESSING_FAILED', message: 'a bug', deliveries: 3 },
    ]);
    expect(events).toEqual([{ crashId: id, run: 1, code: 'PROCESSING_FAILED', deliveries: 3 }]);
    expect((await subject.bus.queueStatus(subjects.process('normal'))).depth).toBe(0);
    isBroken = false;
    expect(await subject.processing.replay(id)).toEqual({ crashId: id, run: 1 });
    await eventually(async () => expect((await subject.storage.load(id))?.processed?.signature).toBe('kettle::boil'));
    expect(await subject.processing.deadLetters(10)).toEqual([]);
    await expect(subject.processing.replay(id)).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
    await subject.stop();
  });

  it('discards a dead crash: its report stays, deferred, and can be asked for', async () => {
    const subject = await startProcessor({ program: program(), modules: [signing] });
    const id = await submit(subject, 1, { mark: { ruleset: 'of-a-plugin-that-left' } });
    await eventually(async () =>
      expect(await subject.processing.deadLetters(10)).toMatchObject([{ code: 'RULESET_UNKNOWN' }]),
    );
    await subject.processing.discard(id);
    expect(await subject.processing.deadLetters(10)).toEqual([]);
    expect((await subject.storage.load(id))?.pending?.state).toBe('deferred');
    await expect(subject.processing.discard(id)).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
    await subject.processing.reprocess(id, { ruleset: 'default', lane: 'normal', reason: 'reprocess' });
    await eventually(async () => expect((await subject.storage.load(id))?.runs).toHaveLength(1));
    await subject.stop();
  });

  it('keeps a crash in hand while the store is unavailable, and uses up no attempt', async () => {
    const storage = new MemoryCrashStorage();
    let failures = 8;
    const commitRun = storage.commitRun.bind(storage);
    storage.commitRun = (commit) =>
      failures-- > 0 ? Promise.reject(new FaultlineError('Unavailable', 'STORAGE_FULL', 'full')) : commitRun(commit);
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      storage,
      clock: new FastClock(500),
      config: { maxDeliveries: 2 },
    });
    const id = await submit(subject, 1);
    await eventually(async () => expect((await storage.load(id))?.runs).toHaveLength(1));
    expect(failures).toBeLessThan(0);
    await subject.stop();
  });

  it('brings several hundred crashes through failing sinks, throwing and looping rules: none lost, none twice', async () => {
    const random = new FakeRandom(7);
    const shaky = rememberingSink('shaky', () => (random.fraction() < 0.3 ? new Error('refused') : null));
    const down = rememberingSink('down', () => new FaultlineError('Unavailable', 'SINK_DOWN', 'down'));
    const steady = rememberingSink('steady');
    const modules = [
      signing,
      await maker.module(
        'wild',
        ['wild/throws', 'wild/loops'],
        `const odd = (raw, digit) => raw.crashId.startsWith(digit);
        export default { rules: () => [
          rule('wild/throws', ({ raw }) => { if (odd(raw, '3')) throw new RangeError('x'); return { patch: { wild_throws: 1 } }; }),
          rule('wild/loops', ({ raw }) => { if (raw.annotations.loop === 'yes') while (true) {} return { patch: { wild_loops: 1 } }; }, { budget: 400 }),
        ] };`,
      ),
    ];
    const sinks = [shaky.sink, down.sink, steady.sink];
    const subject = await startProcessor({ program: program(), modules, sinks, config: { parkAfter: 100 } });
    const ids: string[] = [];
    for (let seed = 0; seed < 300; seed++) {
      ids.push(await submit(subject, seed, { annotations: seed % 100 === 50 ? { loop: 'yes' } : {} }));
      if (seed % 10 === 0)
        await publish(subject.bus, {
          crashId: ids[seed] ?? '',
          run: 1,
          lane: 'priority',
          ruleset: 'default',
          reason: 'received',
          since: 0,
          state: 'pending',
        });
    }
    await eventually(() => expect([shaky.taken.size, steady.taken.size]).toEqual([300, 300]));
    const statuses = { complete: 0, partial: 0, failed: 0 };
    for (const id of ids) {
      const stored = await subject.storage.load(id);
      expect(stored?.pending).toBeNull();
      expect(stored?.runs).toHaveLength(1);
      statuses[stored?.processed?.status ?? 'failed'] += 1;
    }
    const throwing = ids.filter((id) => id.startsWith('3')).length;
    expect(statuses).toEqual({ complete: 300 - throwing - 3, partial: throwing + 3, failed: 0 });
    expect([...steady.taken.values()].every((runs) => runs.length === 1)).toBe(true);
    expect((await subject.storage.backlog())['down']?.rows).toBe(300);
    expect(down.attempts()).toBeLessThan(3000);
    await subject.stop();
  }, 20_000);
});
