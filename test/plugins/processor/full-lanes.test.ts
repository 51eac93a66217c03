import { subjects } from '@faultline/sdk';
import type { RuleModuleReference } from '@faultline/sdk';
import { FastClock, MemoryBus, MemoryCrashStorage, sampleCrashId } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueuedCrashProcessing } from '../../../plugins/processor/src/crash-processing-service.ts';
import { RemoteDryRuns } from '../../../plugins/processor/src/processing/dry-runs.ts';
import { makeRulesProgram } from './rules-program.ts';
import { signingRules } from './signing-rules.ts';
import { eventually, startProcessor, submit } from './start-processor.ts';

describe('A processor with full lanes', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let signing: RuleModuleReference;
  const program = () => maker.program;
  beforeAll(async () => {
    maker = await makeRulesProgram();
    signing = await signingRules(maker);
  });
  afterAll(() => maker.remove());

  it('raises a pending crash to the priority lane, once', async () => {
    const clock = new FastClock(50);
    const bus = new MemoryBus(clock);
    const storage = new MemoryCrashStorage();
    const waiting = { storage, bus, clock };
    const ids = [];
    for (let seed = 0; seed < 30; seed++) ids.push(await submit(waiting, seed));
    const last = ids.at(-1) ?? '';
    const order: string[] = [];
    bus.on<{ crashId: string }>(subjects.crashProcessed, ({ crashId }) => void order.push(crashId));
    const dryRuns = new RemoteDryRuns(bus);
    const late = new QueuedCrashProcessing({ ...waiting, rulesets: new Map(), parkedRules: () => [], dryRuns });
    expect(await late.prioritise(last)).toBe(true);
    expect(await late.prioritise(last)).toBe(false);
    expect(await late.prioritise(sampleCrashId(404))).toBe(false);
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      ...waiting,
      config: { concurrency: 1 },
    });
    await eventually(() => expect(order).toHaveLength(30));
    expect(order[0]).toBe(last);
    expect((await storage.load(last))?.runs).toHaveLength(1);
    await subject.stop();
  });

  it('serves full lanes by their weights, starving none', async () => {
    const clock = new FastClock(50);
    const bus = new MemoryBus(clock);
    const storage = new MemoryCrashStorage();
    let seed = 0;
    const lanesOf = new Map<string, string>();
    for (let n = 0; n < 130; n++) {
      for (const lane of ['priority', 'normal', 'reprocessing'] as const) {
        lanesOf.set(await submit({ storage, bus, clock }, seed++, { lane }), lane);
      }
    }
    const order: string[] = [];
    bus.on<{ crashId: string }>(subjects.crashProcessed, ({ crashId }) => void order.push(lanesOf.get(crashId) ?? ''));
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      storage,
      bus,
      clock,
      config: { concurrency: 2 },
    });
    await eventually(() => expect(order.length).toBeGreaterThanOrEqual(130));
    const first = order.slice(0, 130);
    const share = (lane: string) => first.filter((one) => one === lane).length;
    expect(share('priority')).toBeGreaterThanOrEqual(78);
    expect(share('priority')).toBeLessThanOrEqual(82);
    expect(share('reprocessing')).toBeGreaterThanOrEqual(9);
    await subject.stop();
  });
});
