import type { CrashId, CrashSink, JobRun, JsonValue, SearchEngine } from '@faultline/sdk';
import { MemoryFieldDictionary, MemoryLogger, NaiveSearchEngine } from '@faultline/testing';
import { describeJob } from '@faultline/testing/suites';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reprocessJob } from '../../../plugins/processor/src/reprocess/reprocess-job.ts';
import type { ReprocessParams, ReprocessReceipt } from '../../../plugins/processor/src/reprocess/reprocess-params.ts';
import { SignatureMoves } from '../../../plugins/processor/src/reprocess/signature-moves.ts';
import { makeRulesProgram } from './rules-program.ts';
import { eventually, rememberingSink, startProcessor, submit } from './start-processor.ts';

// Signs by what the ruleset is: so the second ruleset changes every other signature.
const code = `export default { rules: () => [
  rule('t/sign', ({ raw }) => ({ patch: { signature: raw.annotations.Sign } }), { writes: ['signature'] }),
  rule('t/again', ({ raw }) => ({ patch: { signature: raw.annotations.Sign.replace('odd', 'renamed') } }), { writes: ['signature'], rulesets: ['regenerate-signature'] }),
] };`;

let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
let subject: Awaited<ReturnType<typeof startProcessor>> | null = null;
beforeAll(async () => {
  maker = await makeRulesProgram();
});
afterAll(() => maker.remove());
afterEach(async () => {
  await subject?.stop();
  subject = null;
});

async function start(crashes: number, sinks: CrashSink[] = []) {
  const modules = [await maker.module('t', ['t/sign', 't/again'], code)];
  const started = await startProcessor({ program: maker.program, modules, sinks });
  subject = started;
  const ids: CrashId[] = [];
  for (let n = 0; n < crashes; n++)
    ids.push(await submit(started, n, { annotations: { Sign: n % 2 === 0 ? 'even' : 'odd' } }));
  await eventually(async () => {
    for (const id of ids) expect((await started.storage.load(id))?.runs).toHaveLength(1);
  });
  const fields = new MemoryFieldDictionary([
    { id: 'signature', title: 'Signature', type: 'string', description: '', permission: 'public' },
    { id: 'submitted_timestamp', title: 'Received', type: 'date', description: '', permission: 'public' },
    { id: 'secret', title: 'Secret', type: 'string', description: '', permission: 'protected' },
  ]);
  const index = new NaiveSearchEngine(fields);
  for (const id of ids) {
    const crash = (await started.storage.load(id))?.processed;
    if (crash) await index.index([{ crash, run: 1 }]);
  }
  const engine = (): SearchEngine => index;
  const { storage, processing, bus, clock, straight } = started;
  const job = reprocessJob({ storage, processing, bus, clock, fields, engine, straight });
  const signatures = async () =>
    (await Promise.all(ids.map(async (id) => (await storage.load(id))?.processed?.signature))).join(' ');
  return { ids, job, signatures, ...started };
}

function runOf(params: Partial<ReprocessParams>, facts: Partial<JobRun<ReprocessParams>> = {}) {
  const kept: JsonValue[] = [];
  const stages: string[] = [];
  const run: JobRun<ReprocessParams> = {
    id: 'run',
    slot: 0,
    lastSuccess: null,
    params: { ruleset: 'default', reason: 'reprocess', rate: 10_000, dryRun: false, ...params },
    startedBy: 'test',
    signal: new AbortController().signal,
    logger: new MemoryLogger(),
    progress: (done, total, stage = '') => void stages.push(`${done}/${total} ${stage}`),
    checkpoint: () => (kept.at(-1) ?? null) as never,
    saveCheckpoint: (value) => Promise.resolve(void kept.push(structuredClone(value))),
    pausePoint: () => Promise.resolve(run.signal.throwIfAborted()),
    ...facts,
  };
  return { run, kept, stages };
}

describeJob('Reprocessing', async () => {
  const { ids, job, signatures } = await start(4);
  return {
    job: job as never,
    params: { crashIds: ids, rate: 10_000, ruleset: 'regenerate-signature' },
    effect: signatures,
  };
});

describe('Reprocessing', () => {
  it('says before anything is written which signatures would change, from what to what', async () => {
    const { job, signatures } = await start(7);
    const before = await signatures();
    const { run, stages } = runOf({ search: '', ruleset: 'regenerate-signature', dryRun: true });
    const receipt = (await job.run(run)) as ReprocessReceipt;
    expect(receipt).toMatchObject({ dryRun: true, crashes: 7, changedSignatures: 3, cut: 0, failed: 0, unknown: 0 });
    expect(receipt.moves).toEqual([{ from: 'odd', to: 'renamed', crashes: 3 }]);
    expect(await signatures()).toBe(before);
    expect(stages.at(-1)).toMatch(/^7\/7 trying, [\d.]+ a second$/);
  });

  it('processes what a search finds, each crash once, and tells what changed', async () => {
    const { job, signatures, ids, storage } = await start(7);
    const { run } = runOf({ search: 'signature:odd', ruleset: 'regenerate-signature' });
    const receipt = (await job.run(run)) as ReprocessReceipt;
    expect(receipt).toMatchObject({ dryRun: false, crashes: 3, changedSignatures: 3 });
    expect(await signatures()).toBe('even renamed even renamed even renamed even');
    const runs = await Promise.all(ids.map(async (id) => (await storage.load(id))?.runs.length));
    expect(runs).toEqual([1, 2, 1, 2, 1, 2, 1]);
    // What was there before is kept with the run that changed it.
    expect((await storage.load(ids[1] ?? ''))?.runs.map(({ changed, values }) => ({ changed, values }))).toEqual([
      { changed: [] },
      { changed: ['signature'], values: [{ field: 'signature', before: 'odd', after: 'renamed' }] },
    ]);
  });

  it('signs again without the queue, keeps each run, and gives sinks only what is other than before', async () => {
    const { sink, taken } = rememberingSink('memory');
    const { job, ids, storage, bus } = await start(6, [sink]);
    await eventually(() => expect(taken.size).toBe(6));
    const { run } = runOf({ search: '', ruleset: 'regenerate-signature' });
    const before = (await bus.queueStatus('crash.process.reprocessing')).depth;
    expect(await job.run(run)).toMatchObject({ crashes: 6, changedSignatures: 3 });
    expect((await bus.queueStatus('crash.process.reprocessing')).depth).toBe(before);
    const runs = await Promise.all(ids.map(async (id) => (await storage.load(id))?.runs.map((one) => one.changed)));
    expect(runs).toEqual(ids.map((_, n) => [[], n % 2 === 0 ? [] : ['signature']]));
    await eventually(() => expect([...taken.values()].flat().sort()).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2]));
  });

  it('leaves to the queue what has a run coming', async () => {
    const { job, ids, storage, processing } = await start(2);
    const [id = ''] = ids;
    const load = storage.load.bind(storage);
    let isFirst = true;
    storage.load = async (asked) => {
      const stored = await load(asked);
      if (!isFirst || asked !== id || stored === null) return stored;
      isFirst = false;
      await processing.reprocess(id, { ruleset: 'default', lane: 'normal', reason: 'reprocess' });
      return await load(asked);
    };
    const { run } = runOf({ crashIds: ids, ruleset: 'regenerate-signature' });
    expect(await job.run(run)).toMatchObject({ crashes: 2, failed: 0 });
    await eventually(async () => expect((await load(id))?.pending).toBeNull());
  });

  it('takes a list with doubles, strangers and nonsense', async () => {
    const { job, ids } = await start(2);
    const stranger = '00000000-0000-4000-8000-000000261122';
    const [first = '', second = ''] = ids;
    const { run } = runOf({ crashIds: [first, `bp-${first}`, second, stranger, 'nonsense'] });
    expect(await job.run(run)).toMatchObject({ crashes: 2, unknown: 2, changedSignatures: 0, moves: [] });
  });

  it('goes on where a killed process was', async () => {
    const { job, ids, storage } = await start(5);
    const { run, kept } = runOf({ crashIds: ids });
    await job.run(run);
    const [checkpoint] = kept;
    // As if the kill came after the first two crashes.
    const half = {
      ...(checkpoint as Record<string, JsonValue>),
      position: { index: 2, cursor: null, until: 0 },
      crashes: 2,
    };
    const resumed = runOf({ crashIds: ids }, { checkpoint: () => half as never });
    expect(await job.run(resumed.run)).toMatchObject({ crashes: 5 });
    const runs = await Promise.all(ids.map(async (id) => (await storage.load(id))?.runs.length));
    expect(runs).toEqual([2, 2, 3, 3, 3]);
  });

  it('keeps to its rate', async () => {
    const { job, ids, clock } = await start(6);
    const began = clock.monotonic();
    await job.run(runOf({ crashIds: ids, rate: 1 }).run);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(5000);
  });

  it('stops asking soon after it is cancelled', async () => {
    const { job, ids, bus } = await start(6);
    const stop = new AbortController();
    const { run } = runOf({ crashIds: ids, rate: 1 }, { signal: stop.signal });
    bus.on('crash.processed', () => stop.abort(new Error('cancelled')));
    await expect(job.run(run)).rejects.toThrow('cancelled');
  });

  it('counts crashes that were given up', async () => {
    const { job, ids, storage } = await start(1);
    const [id = ''] = ids;
    storage.commitRun = () => Promise.reject(new Error('a commit that never works'));
    const running = job.run(runOf({ crashIds: [id] }).run) as Promise<ReprocessReceipt>;
    expect(await running).toMatchObject({ failed: 1, crashes: 1 });
  });

  it('refuses what it can’t do, in words', async () => {
    const { job, ids } = await start(1);
    const refused = (params: Partial<ReprocessParams>) => job.run(runOf(params).run);
    await expect(refused({ crashIds: ids, ruleset: 'nope' })).rejects.toMatchObject({ code: 'RULESET_UNKNOWN' });
    await expect(refused({})).rejects.toThrow('either crashIds or search');
    await expect(refused({ search: 'secret:x' })).rejects.toMatchObject({ code: 'SEARCH_FIELD_UNKNOWN' });
  });

  it('keeps its count of moves within bounds', () => {
    const moves = new SignatureMoves({ moves: [], beyond: 0 });
    for (let n = 0; n < 10_100; n++) moves.add(`a${n}`, 'b');
    for (let n = 0; n < 5; n++) moves.add('a7', 'b');
    moves.add('same', 'same');
    expect(moves.changed).toBe(10_105);
    expect(moves.listed().moves[0]).toEqual({ from: 'a7', to: 'b', crashes: 6 });
    expect(moves.listed().cut + moves.listed().moves.reduce((sum, { crashes }) => sum + crashes, 0)).toBe(10_105);
  });
});
