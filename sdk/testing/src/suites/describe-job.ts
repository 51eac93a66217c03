import type { Job, JobRun } from '@faultline/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLogger } from '../memory-logger.js';

/** A job, and how to see what it did. */
export interface OpenJob {
  job: Job;
  /** What a person would ask for; absent for a job without parameters. */
  params?: unknown;
  /** What the job changes, in a form that can be compared. */
  effect(): Promise<unknown>;
}

/** What every job promises to whoever runs it by the clock. */
export function describeJob(name: string, open: () => Promise<OpenJob>): void {
  describe(`${name} as a job`, () => {
    let opened: OpenJob;
    beforeEach(async () => {
      opened = await open();
    });

    it('has an id of its plugin, a title and a sensible schedule, if any', () => {
      const { id, title, schedule } = opened.job;
      expect(id).toMatch(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/);
      expect(title).not.toBe('');
      if (!schedule) return;
      if ('every' in schedule) expect(schedule.every).toBeGreaterThanOrEqual(1000);
      else expect(schedule.cron.trim().split(/\s+/).length).toBeGreaterThanOrEqual(5);
    });

    it('may run twice for one slot: a run that was cut off is started again', async () => {
      await opened.job.run(runOf({ params: opened.params }));
      const once = await opened.effect();
      await opened.job.run(runOf({ params: opened.params }));
      expect(await opened.effect()).toEqual(once);
    });

    it('reports progress that only grows and never exceeds its total', async () => {
      const seen: { done: number; total: number | null }[] = [];
      await opened.job.run(runOf({ params: opened.params, progress: (done, total) => seen.push({ done, total }) }));
      seen.reduce((before, { done, total }) => {
        expect(done).toBeGreaterThanOrEqual(before);
        if (total !== null) expect(done).toBeLessThanOrEqual(total);
        return done;
      }, 0);
    });

    it('ends soon after it is cancelled', async () => {
      const stop = new AbortController();
      stop.abort(new Error('cancelled'));
      const running = opened.job.run(runOf({ params: opened.params, signal: stop.signal })).then(
        () => 'ended',
        () => 'ended',
      );
      const late = new Promise((resolve) => setTimeout(resolve, 2000, 'still running').unref());
      expect(await Promise.race([running, late])).toBe('ended');
    });
  });
}

function runOf(overrides: Partial<JobRun> = {}): JobRun {
  return {
    id: 'run-1',
    slot: Date.UTC(2026, 10, 22, 4),
    lastSuccess: null,
    params: undefined,
    startedBy: '',
    signal: new AbortController().signal,
    logger: new MemoryLogger(),
    progress: () => undefined,
    checkpoint: () => null,
    saveCheckpoint: async () => undefined,
    pausePoint: async () => undefined,
    ...overrides,
  };
}
