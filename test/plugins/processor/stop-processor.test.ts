import type { RuleModuleReference, Stackwalker } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { FastClock, MemoryBus, MemoryCrashStorage } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRulesProgram } from './rules-program.ts';
import { okWalker, signingRules } from './signing-rules.ts';
import { eventually, startProcessor, submit } from './start-processor.ts';

describe('A processor that is stopped', () => {
  let maker: Awaited<ReturnType<typeof makeRulesProgram>>;
  let signing: RuleModuleReference;
  const program = () => maker.program;
  beforeAll(async () => {
    maker = await makeRulesProgram();
    signing = await signingRules(maker);
  });
  afterAll(() => maker.remove());

  it('stops at once when what it has in hand only waits for another attempt', async () => {
    const storage = new MemoryCrashStorage();
    let attempts = 0;
    storage.commitRun = () => {
      attempts += 1;
      return Promise.reject(new FaultlineError('Unavailable', 'STORAGE_FULL', 'full'));
    };
    const config = { drainFor: 60_000 };
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      storage,
      clock: new FastClock(1),
      config,
    });
    await submit(subject, 1);
    await eventually(() => expect(attempts).toBe(2));
    const began = performance.now();
    await subject.stop();
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('finishes what is in hand at a stop, and leaves the rest in the queue', async () => {
    const clock = new FastClock(50);
    const bus = new MemoryBus(clock);
    const walker: Stackwalker = {
      ...okWalker,
      walk: async (job, signal) => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        return await okWalker.walk(job, signal);
      },
    };
    const storage = new MemoryCrashStorage();
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      walker,
      bus,
      clock,
      storage,
      config: { concurrency: 2 },
    });
    const ids = [];
    for (let seed = 0; seed < 6; seed++) ids.push(await submit(subject, seed, { dump: new Uint8Array([1]) }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await subject.stop();
    const runs = await Promise.all(ids.map(async (id) => (await storage.load(id))?.runs.length ?? 0));
    expect(runs.filter((count) => count === 1)).toHaveLength(2);
    let pending = 0;
    for await (const mark of storage.pending({ states: ['pending'] })) pending += Number(mark.run === 1);
    expect(pending).toBe(4);
  });

  it('hands back what takes too long at a stop', async () => {
    const walker: Stackwalker = {
      ...okWalker,
      walk: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const storage = new MemoryCrashStorage();
    const subject = await startProcessor({
      program: program(),
      modules: [signing],
      walker,
      storage,
      config: { drainFor: 100 },
    });
    const id = await submit(subject, 1, { dump: new Uint8Array([1]) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await subject.stop();
    expect((await storage.load(id))?.pending?.state).toBe('pending');
  });
});
