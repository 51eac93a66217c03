import { definePlugin, Job } from '@faultline/sdk';
import { runCommand, startTestHost, type TestHost } from '@faultline/server/testing';
import { describeJob } from '@faultline/testing/suites';
import { MemoryStateStore, FakeClock } from '@faultline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as backfill from '../../../plugins/jobs/src/cli/jobs-backfill.js';
import * as history from '../../../plugins/jobs/src/cli/jobs-history.js';
import * as list from '../../../plugins/jobs/src/cli/jobs-list.js';
import * as reset from '../../../plugins/jobs/src/cli/jobs-reset.js';
import * as start from '../../../plugins/jobs/src/cli/jobs-run.js';
import { historyJob } from '../../../plugins/jobs/src/history-job.js';
import { runIdOf } from '../../../plugins/jobs/src/job-run-record.js';
import { JobRunStore } from '../../../plugins/jobs/src/job-run-store.js';
import { JobProcesses } from './job-processes.js';

let host: TestHost;
let env: Record<string, string>;
beforeAll(async () => {
  const counting: Job<{ to: number }> = {
    id: 'counter/count',
    title: 'Count',
    permission: 'reprocess',
    params: z.object({ to: z.number().int().max(10) }),
    run(run) {
      run.logger.info('counting');
      run.progress(run.params?.to ?? 0, run.params?.to ?? 0);
      return Promise.resolve({ counted: run.params?.to ?? 0 });
    },
  };
  const waiting: Job = {
    id: 'counter/wait',
    title: 'Wait',
    run: (run) =>
      new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason as Error))),
  };
  const daily: Job = {
    id: 'counter/daily',
    title: 'Daily',
    schedule: { cron: '0 4 * * *' },
    backfill: true,
    run: (run) => Promise.resolve({ day: new Date(run.slot).toISOString() }),
  };
  host = await startTestHost({
    plugins: [
      'jobs',
      {
        manifest: { id: 'counter', contributes: { Job: [{ id: 'counter/*' }] } },
        definition: definePlugin({
          activate(ctx) {
            ctx.contribute(Job, counting);
            ctx.contribute(Job, waiting);
            ctx.contribute(Job, daily);
          },
        }),
      },
    ],
  });
  env = {
    FAULTLINE_URL: host.url,
    FAULTLINE_TOKEN: await host.createToken({ permissions: ['manage', 'reprocess'], validFor: null }),
  };
});
afterAll(() => host.stop());

describe('the jobs of a server', () => {
  it('are listed with their schedule, as far as one may start them', async () => {
    const all = (await (await host.fetch('/api/v1/jobs', { as: ['manage', 'reprocess'] })).json()) as {
      jobs: unknown[];
    };
    expect(all.jobs).toMatchObject([
      { id: 'jobs/history', schedule: '0 5 * * * (UTC)', permission: 'manage', takesParams: false },
      { id: 'counter/count', schedule: '', dueAt: null, permission: 'reprocess', takesParams: true },
      { id: 'counter/wait' },
      { id: 'counter/daily', backfill: true },
      { id: 'host/audit-accounts' },
    ]);
    const mine = (await (await host.fetch('/api/v1/jobs', { as: ['reprocess'] })).json()) as { jobs: { id: string }[] };
    expect(mine.jobs.map(({ id }) => id)).toEqual(['counter/count']);
    expect((await host.fetch('/api/v1/jobs')).status).toBe(403);
  });

  it('are described by OpenAPI, without a reference that points at nothing', async () => {
    const document = (await (await host.fetch('/api/v1/openapi.json', { as: ['manage'] })).json()) as {
      components: { schemas: Record<string, unknown> };
    };
    const text = JSON.stringify(document);
    const named = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
    expect(named.length).toBeGreaterThan(5);
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(named.filter((target) => !known.has(target))).toEqual([]);
  });

  it('are started by the command, which prints the receipt', async () => {
    const outcome = await runCommand(start, ['counter/count', '--params', '{"to":3}'], { env });
    expect(outcome).toMatchObject({ code: 0, stdout: '{\n  "counted": 3\n}\n' });
    expect(outcome.stderr).toContain('succeeded');
  });

  it.each([
    ['counter/count', '{"to":300}', 'to: Too big'],
    ['counter/cont', '{"to":3}', 'no job "counter/cont"'],
    ['counter/count', '{to:3}', '--params wants JSON'],
  ])('say what is wrong with a wish: %s %s', async (job, params, words) => {
    const outcome = await runCommand(start, [job, '--params', params], { env });
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain(words);
  });

  it('are not for those without their permission, who can not tell that a run is there', async () => {
    const { stdout } = await runCommand(start, ['counter/wait', '--no-wait'], { env });
    const id = stdout.trim();
    const answer = await host.fetch(`/api/v1/job-runs/${id}`, { as: ['reprocess'] });
    expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'JOB_RUN_UNKNOWN' } }]);
    const refused = await host.fetch('/api/v1/jobs/start', {
      as: ['reprocess'],
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"job":"counter/wait"}',
    });
    expect(refused.status).toBe(403);
    expect((await runCommand(history, [id, '--cancel'], { env })).code).toBe(0);
  });

  it('tell their history, and one run with its log', async () => {
    const { stdout } = await runCommand(history, ['counter/count', '--limit', '5'], { env });
    expect(stdout).toMatch(/^\w{9}-\w{8} {2}succeeded {2}counter\/count {2}\S+Z {2}3\/3\n$/);
    const [id = ''] = stdout.split(' ');
    expect((await runCommand(history, [id], { env })).stdout).toContain('info counting');
    expect((await runCommand(history, ['000000000-00000000'], { env })).stderr).toContain('There is no run');
  });

  it('are listed for people, and start afresh', async () => {
    expect((await runCommand(list, [], { env })).stdout).toContain(
      'counter/count  Count\n  on request; next on request',
    );
    expect((await runCommand(reset, ['jobs/history'], { env })).code).toBe(0);
    expect((await runCommand(reset, ['jobs/nothing'], { env })).stderr).toContain('There is no job');
  });
});

describeJob('the history', async () => {
  const clock = new FakeClock();
  const store = new JobRunStore(new MemoryStateStore(clock));
  const { runner } = new JobProcesses([]);
  for (let index = 0; index < 30; index++) {
    const id = runIdOf(clock.now() + index, Uint8Array.of(0, 0, 0, index));
    const ended = { status: 'succeeded' as const, endedAt: clock.now() };
    const record = runner.prepare({ job: index % 3 === 0 ? 'a/b' : 'c/d', params: null, startedBy: '', slot: null });
    await store.create({ ...record, id, ...(index < 28 ? ended : {}) });
  }
  return {
    job: historyJob(store, 10),
    async effect() {
      const counts: Record<string, number> = {};
      for await (const { job, status } of store.newest()) {
        counts[`${job} ${status}`] = (counts[`${job} ${status}`] ?? 0) + 1;
      }
      expect(counts).toEqual({ 'a/b succeeded': 10, 'c/d succeeded': 10, 'c/d waiting': 2 });
      return counts;
    },
  };
});

describe('A backfill', () => {
  const ask = (body: object) =>
    host.fetch('/api/v1/jobs/backfill', {
      as: ['manage'],
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('runs a job for every slot since a date, and says how many', async () => {
    const before = new Date(Date.now() - 3.5 * 86_400_000).toISOString();
    const result = await runCommand(backfill, ['counter/daily', '--from', before], { env });
    expect([result.code, result.stdout]).toEqual([0, expect.stringMatching(/^[34] slots of counter\/daily will run/)]);
    const runs = async () =>
      (await (await host.fetch('/api/v1/job-runs?job=counter/daily', { as: ['manage'] })).json()) as {
        runs: { slot: string; status: string }[];
      };
    // The scheduler looks by itself; a run that is asked for wakes it.
    await host.fetch('/api/v1/jobs/start', {
      as: ['manage'],
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ job: 'counter/daily' }),
    });
    const slots = async () =>
      (await runs()).runs.filter(({ slot, status }) => slot.endsWith('T04:00:00.000Z') && status === 'succeeded');
    await expect.poll(async () => (await slots()).length, { timeout: 15_000 }).toBe(Number(result.stdout[0]));
  });

  it('is refused for a job without slots, an unknown one, and ages of slots', async () => {
    const from = '2026-11-01T00:00:00.000Z';
    const code = async (body: object) => {
      const answer = await ask(body);
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    expect(await code({ job: 'counter/count', from })).toEqual([415, 'JOB_WITHOUT_BACKFILL']);
    expect(await code({ job: 'counter/nobody', from })).toEqual([404, 'JOB_UNKNOWN']);
    expect(await code({ job: 'jobs/history', from })).toEqual([415, 'JOB_WITHOUT_BACKFILL']);
    expect(await code({ job: 'counter/daily', from: '1990-01-01T00:00:00.000Z' })).toEqual([
      413,
      'JOB_BACKFILL_TOO_LONG',
    ]);
    expect((await runCommand(backfill, ['counter/daily', '--from', 'yesterday'], { env })).code).toBe(2);
  });
});
