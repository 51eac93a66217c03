import type { Job, JobEvent, JobRun, JsonValue } from '@faultline/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '@faultline/testing';
import { JobProcesses } from './job-processes.js';

let processes: JobProcesses;
afterEach(() => processes.end());

const job = (run: Job<never>['run'], more: Partial<Job> = {}): Job =>
  ({ id: 'test/job', title: 'A job', run: run as Job['run'], ...more }) satisfies Job;

/** Lets what was asked for begin, and what began go on. */
const soon = () => processes.clock.advance(10);

describe('a job that is asked for', () => {
  it('runs with its parameters, tells its progress, and leaves a receipt and a log', async () => {
    processes = new JobProcesses([
      job(
        async (run: JobRun<{ count: number }>) => {
          run.logger.info({ secret: 1 }, 'counting');
          run.progress(run.params?.count ?? 0, 5, 'counting');
          return { counted: run.params?.count ?? 0, by: run.startedBy };
        },
        { params: z.object({ count: z.number() }) },
      ),
    ]);
    const events: [string, string][] = [];
    processes.bus.on<JobEvent>('job.*', ({ status }, subject) => void events.push([subject, status]));
    processes.start();
    const asked = await processes.runner.start('test/job', { count: 5 }, 'user:1');
    expect(asked).toMatchObject({ status: 'waiting', job: 'test/job' });
    const ended = await processes.runner.settled(asked.id);
    expect(ended).toMatchObject({
      status: 'succeeded',
      result: { counted: 5, by: 'user:1' },
      progress: { done: 5, total: 5, stage: 'counting' },
      error: null,
    });
    expect(await processes.store.log(asked.id)).toMatchObject([{ level: 'info', message: 'counting' }]);
    await soon();
    expect(events).toEqual([
      ['job.started', 'running'],
      ['job.finished', 'succeeded'],
    ]);
  });

  it('is refused when nobody offers it, or its parameters are wrong, and then no run is left', async () => {
    processes = new JobProcesses([job(async () => undefined, { params: z.object({ count: z.number() }) })]);
    await expect(processes.runner.start('test/jab', null, '')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
    await expect(processes.runner.start('test/job', { count: 'x' }, '')).rejects.toMatchObject({
      code: 'JOB_PARAMS_INVALID',
      message: expect.stringContaining('count') as string,
    });
    expect(await processes.runner.list()).toEqual([]);
  });

  it('begins at once though its row was seen before the run itself: a disk lies between the two', async () => {
    processes = new JobProcesses([job(async () => null)]);
    processes.start();
    await soon();
    const record = processes.runner.prepare({ job: 'test/job', params: null, startedBy: '', slot: null });
    await processes.state.set(['jobs', 'open', record.id], { job: record.job });
    await soon();
    await processes.state.set(['jobs', 'run', record.id], { ...record });
    await soon();
    expect(await processes.runner.get(record.id)).toMatchObject({ status: 'succeeded' });
  });

  it('fails with the words of its error, and is not tried again', async () => {
    let runs = 0;
    processes = new JobProcesses([
      job(() => {
        runs++;
        throw new Error('the disk is gone');
      }),
    ]);
    processes.start();
    const { id } = await processes.runner.start('test/job', null, '');
    expect(await processes.runner.settled(id)).toMatchObject({
      status: 'failed',
      error: { code: 'JOB_FAILED', message: 'the disk is gone' },
    });
    await processes.clock.advance(3_600_000);
    expect(runs).toBe(1);
  });

  it('waits for its like, while another job runs beside', async () => {
    const working: string[] = [];
    const hold = new Map<string, () => void>();
    const held = (id: string) =>
      job(
        async (run) => {
          working.push(run.id);
          await new Promise<void>((resolve) => hold.set(run.id, resolve));
          return null;
        },
        { id },
      );
    processes = new JobProcesses([held('test/one'), held('test/two')]);
    processes.start();
    const [first, second, other] = [
      await processes.runner.start('test/one', null, ''),
      await processes.runner.start('test/one', null, ''),
      await processes.runner.start('test/two', null, ''),
    ];
    await soon();
    const atWork = new Set(working);
    expect(atWork.size).toBe(2);
    expect(atWork.has(other.id)).toBe(true);
    expect(atWork.has(first.id) && atWork.has(second.id)).toBe(false);
    for (const release of hold.values()) release();
    await soon();
    expect(new Set(working)).toEqual(new Set([first.id, second.id, other.id]));
    for (const release of hold.values()) release();
    expect(await processes.runner.settled(second.id)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a run', () => {
  const steps = (most: number) =>
    job(async (run) => {
      for (let step = run.checkpoint<number>() ?? 0; step < most; step++) {
        await run.pausePoint();
        done.push(step);
        await run.saveCheckpoint(step + 1);
        await processes.clock.sleep(1000, run.signal);
      }
      return { steps: most };
    });
  let done: number[] = [];

  it('is paused between steps, and goes on', async () => {
    done = [];
    processes = new JobProcesses([steps(6)]);
    processes.start();
    const { id } = await processes.runner.start('test/job', null, '');
    await processes.clock.advance(1500);
    await processes.runner.pause(id);
    await processes.clock.advance(60_000);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'paused' });
    expect(done).toEqual([0, 1]);
    await processes.runner.resume(id);
    await processes.clock.advance(10_000);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'succeeded', result: { steps: 6 } });
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is cancelled while it works, while it is paused, and before it begins', async () => {
    done = [];
    processes = new JobProcesses([steps(100)]);
    const early = await processes.runner.start('test/job', null, '');
    expect(await processes.runner.cancel(early.id)).toMatchObject({ status: 'cancelled' });
    processes.start();
    const working = await processes.runner.start('test/job', null, '');
    await processes.clock.advance(1500);
    await processes.runner.cancel(working.id);
    await soon();
    expect(await processes.runner.get(working.id)).toMatchObject({
      status: 'cancelled',
      error: { code: 'JOB_CANCELLED' },
    });
    const paused = await processes.runner.start('test/job', null, '');
    await processes.clock.advance(1500);
    await processes.runner.pause(paused.id);
    await processes.clock.advance(2000);
    await processes.runner.cancel(paused.id);
    await soon();
    expect(await processes.runner.get(paused.id)).toMatchObject({ status: 'cancelled' });
    await expect(processes.runner.resume(paused.id)).rejects.toMatchObject({ code: 'JOB_RUN_ENDED' });
  });

  it('goes on from its checkpoint in the next process, when the first one stops', async () => {
    done = [];
    processes = new JobProcesses([steps(5)]);
    const stop = processes.start('node-1');
    const { id } = await processes.runner.start('test/job', null, '');
    await processes.clock.advance(1500);
    await stop();
    expect(await processes.runner.get(id)).toMatchObject({ status: 'waiting' });
    processes.start('node-2');
    await processes.clock.advance(20_000);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'succeeded' });
    expect(done).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on elsewhere when its process hangs, which then can write no more', async () => {
    const refusals: unknown[] = [];
    const frozen = new FakeClock();
    const begun: string[] = [];
    let thaw: () => void = () => undefined;
    processes = new JobProcesses([
      job(async (run) => {
        begun.push(run.id);
        if (begun.length === 2) return { by: 'second' };
        await new Promise<void>((resolve) => (thaw = resolve));
        await run.saveCheckpoint('late').catch((error: unknown) => refusals.push(error));
        return { by: 'first' };
      }),
    ]);
    const stopFrozen = processes.start('node-1', frozen);
    const { id } = await processes.runner.start('test/job', null, '');
    await soon();
    processes.start('node-2');
    await processes.clock.advance(60_000);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'succeeded', result: { by: 'second' } });
    thaw();
    await stopFrozen();
    expect(refusals).toMatchObject([{ code: 'JOB_RUN_TAKEN_OVER' }]);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'succeeded', result: { by: 'second' } });
  });

  it('that does not stop when told is given up, and not begun again beside itself', async () => {
    let release: () => void = () => undefined;
    let begun = 0;
    processes = new JobProcesses([
      job(async () => {
        begun++;
        await new Promise<void>((resolve) => (release = resolve));
        return null;
      }),
    ]);
    processes.start();
    const { id } = await processes.runner.start('test/job', null, '');
    await soon();
    await processes.runner.cancel(id);
    await processes.clock.advance(31_000);
    expect(await processes.runner.get(id)).toMatchObject({ status: 'failed', error: { code: 'JOB_STUCK' } });
    await processes.runner.start('test/job', null, '');
    await processes.clock.advance(120_000);
    expect(begun).toBe(1);
    release();
    await soon();
    expect(begun).toBe(2);
    release();
  });
});

describe('a job by the clock', () => {
  const start = Date.UTC(2026, 10, 22, 12, 0, 0);
  const slots: JsonValue[] = [];
  const hourly = (more: Partial<Job> = {}, fail: (slot: number) => boolean = () => false) =>
    job(
      async (run) => {
        slots.push(new Date(run.slot).toISOString().slice(5, 13));
        if (fail(run.slot)) throw new Error('not now');
        return null;
      },
      { schedule: { every: 3_600_000 }, ...more },
    );

  it('runs once for each slot, in one of two processes', async () => {
    slots.length = 0;
    processes = new JobProcesses([hourly()], start);
    processes.start('node-1');
    processes.start('node-2');
    await processes.clock.advance(3_600_000 + 60_000);
    expect(slots).toEqual(['11-22T12', '11-22T13']);
  });

  it('makes up for a month of missed slots in order, each once, and stays at one that fails', async () => {
    slots.length = 0;
    let killAt = 17;
    processes = new JobProcesses(
      [
        hourly({ backfill: true }, () => {
          if (slots.length !== killAt) return false;
          killAt = -1;
          return true;
        }),
      ],
      start,
    );
    const stop = processes.start('node-1');
    await processes.clock.advance(1000);
    await stop();
    processes.clock.setDate(start + 30 * 24 * 3_600_000);
    processes.start('node-2');
    await processes.clock.advance(10 * 60_000);
    const expected = Array.from({ length: 721 }, (_, hour) =>
      new Date(start + hour * 3_600_000).toISOString().slice(5, 13),
    );
    // The slot that failed stands twice, in its place.
    expected.splice(17, 0, expected[16] ?? '');
    expect(slots.length).toBe(722);
    expect(slots).toEqual(expected);
  });

  it('is tried again after a failure, later each time, and counts from new after a success', async () => {
    slots.length = 0;
    let failures = 3;
    processes = new JobProcesses([hourly({ schedule: { cron: '0 12 * * *' } }, () => failures-- > 0)], start - 1000);
    processes.start();
    await processes.clock.advance(3 * 60_000);
    expect(await processes.store.job('test/job')).toMatchObject({ failures: 2, lastSuccess: null });
    await processes.clock.advance(10 * 60_000);
    expect(slots).toEqual(['11-22T12', '11-22T12', '11-22T12', '11-22T12']);
    expect(await processes.store.job('test/job')).toMatchObject({ failures: 0, lastSuccess: start });
  });

  it('does not count a run that was asked for as one of its slots', async () => {
    slots.length = 0;
    processes = new JobProcesses([hourly({ schedule: { cron: '0 13 * * *' } })], start);
    processes.start();
    await processes.clock.advance(1000);
    const { id } = await processes.runner.start('test/job', null, 'user:1');
    await processes.runner.settled(id);
    expect(await processes.store.job('test/job')).toMatchObject({ lastSuccess: null });
    await processes.clock.advance(3_600_000 + 1000);
    expect(slots).toEqual(['11-22T12', '11-22T13']);
  });

  it('with a schedule that can not be read is named, and still runs when asked', async () => {
    processes = new JobProcesses([hourly({ schedule: { cron: 'never' } })], start);
    processes.start();
    await processes.clock.advance(60_000);
    expect(processes.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    const { id } = await processes.runner.start('test/job', null, '');
    expect(await processes.runner.settled(id)).toMatchObject({ status: 'succeeded' });
  });
});
