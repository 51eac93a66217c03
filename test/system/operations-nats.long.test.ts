/**
 * Several processes with a real NATS between them: the operations show all of them, one that is killed is shown as gone
 * within 15 seconds, and the job that a killed one had in hand goes on in the other from where it was.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobRunShape, OperationsSnapshot } from '@faultline/sdk/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsServer, natsVersion } from '../nats-server.ts';
import { Reader } from './crash-client.ts';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.ts';

const version = natsVersion();

/** A job of 60 steps and one of a slot a day; each step and each slot writes a line with the process it ran in. */
function steppingPlugin(folder: string, trace: string): string {
  const plugin = path.join(folder, 'stepping');
  mkdirSync(plugin, { recursive: true });
  const faultline = {
    id: 'stepping',
    displayName: 'Stepping',
    apiVersion: 1,
    entry: './index.js',
    contributes: { Job: [{ id: 'stepping/*' }] },
  };
  writeFileSync(
    path.join(plugin, 'package.json'),
    JSON.stringify({ name: 'stepping', version: '1.0.0', type: 'module', faultline }),
  );
  writeFileSync(
    path.join(plugin, 'index.js'),
    `import { appendFileSync } from 'node:fs';
import { Clock, definePlugin, Job } from '@faultline/sdk';
export default definePlugin({
  activate(ctx) {
    const clock = ctx.resolve(Clock);
    ctx.contribute(Job, {
      id: 'stepping/steps',
      title: 'Step',
      async run(run) {
        for (let step = run.checkpoint() ?? 0; step < 60; step++) {
          await run.saveCheckpoint(step + 1);
          appendFileSync(${JSON.stringify(trace)}, process.pid + ' ' + step + '\\n');
          await clock.sleep(100, run.signal);
        }
        return { steps: 60 };
      },
    });
    ctx.contribute(Job, {
      id: 'stepping/daily',
      title: 'Daily',
      schedule: { cron: '0 0 * * *' },
      backfill: true,
      async run(run) {
        appendFileSync(${JSON.stringify(`${trace}-daily`)}, process.pid + ' ' + run.slot + '\\n');
        await clock.sleep(200, run.signal);
      },
    });
  },
});
`,
  );
  return plugin;
}

function linesOf(trace: string): [pid: number, what: number][] {
  return readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ').map(Number) as [number, number]);
}

describe.skipIf(version === null)(`Operations over nats-server ${version}`, () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterAll(async () => {
    cleanUp();
    await nats.remove();
  });

  it('show a killed process as gone within 15 s, and its job goes on elsewhere', { timeout: 90_000 }, async () => {
    const folder = temporaryFolder();
    const data = path.join(folder, 'data');
    const trace = path.join(folder, 'trace');
    writeFileSync(trace, '');
    const plugin = steppingPlugin(folder, trace);
    const start = (roles: string, ...more: string[]): Promise<RunningServer> => {
      const settings = [`bus.url=${nats.url}`, `plugins=${JSON.stringify([plugin])}`, ...more];
      return startServer({ data, args: ['--roles', roles, ...settings.flatMap((setting) => ['--set', setting])] });
    };
    const people = await start('web');
    const [processor, one, two] = [await start('processor,collector'), await start('jobs'), await start('jobs')];
    const reader = await Reader.of(people);
    const snapshot = () => reader.get<OperationsSnapshot>('/api/v1/operations');
    const states = async () => Object.fromEntries((await snapshot()).nodes.map(({ pid, state }) => [pid, state]));
    const alive = { [people.pid]: 'alive', [processor.pid]: 'alive', [one.pid]: 'alive', [two.pid]: 'alive' };
    await expect.poll(states, { timeout: 15_000 }).toEqual(alive);

    const started = await fetch(`${people.url}/api/v1/jobs/start`, {
      method: 'POST',
      headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
      body: JSON.stringify({ job: 'stepping/steps' }),
    });
    const { id } = (await started.json()) as JobRunShape;
    const lines = () => linesOf(trace);
    await expect.poll(() => lines().length, { timeout: 15_000 }).toBeGreaterThan(10);
    const holder = lines()[0]?.[0];
    const doomed = holder === one.pid ? one : two;
    expect([one.pid, two.pid]).toContain(holder);

    const killed = Date.now();
    await Promise.all([doomed.kill(), processor.kill()]);
    const gone = { [doomed.pid]: 'gone', [processor.pid]: 'gone' };
    await expect.poll(states, { timeout: 20_000, interval: 200 }).toMatchObject(gone);
    expect(Date.now() - killed).toBeLessThan(15_000);
    const words = (await snapshot()).problems.map(({ text }) => text).join('\n');
    expect(words).toContain('(processor, collector) is gone since');
    expect(words).toContain('Nobody processes crashes since');

    await expect
      .poll(async () => (await reader.get<JobRunShape>(`/api/v1/job-runs/${id}`)).status, { timeout: 40_000 })
      .toBe('succeeded');
    const steps = lines().map(([, step]) => step);
    expect(new Set(lines().map(([pid]) => pid))).toEqual(new Set([one.pid, two.pid]));
    // The step at which it was killed may stand twice or not at all; every other once, in order.
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBeGreaterThanOrEqual(59);
    expect(steps.length).toBeLessThanOrEqual(61);

    // A new process takes the dead one's place in the list; that it has other settings is said.
    const heir = await start('processor,collector', 'notices.remind=12');
    await expect.poll(states, { timeout: 15_000 }).toMatchObject({ [heir.pid]: 'alive' });
    expect(Object.keys(await states())).not.toContain(String(processor.pid));
    const problems = async () => (await snapshot()).problems.map(({ text }) => text).join('\n');
    await expect
      .poll(problems, { timeout: 15_000 })
      .toMatch(/\(processor, collector\) runs with other settings than the others: notices\./);
    await Promise.all([people.stop(), heir.stop(), (doomed === one ? two : one).stop()]);
  });

  it(
    'make up for a month of days, each once and in order, though the process at it is killed',
    { timeout: 120_000 },
    async () => {
      const folder = temporaryFolder();
      const trace = path.join(folder, 'trace');
      writeFileSync(`${trace}-daily`, '');
      const settings = [
        `bus.url=${nats.url}`,
        'bus.prefix=month',
        `plugins=${JSON.stringify([steppingPlugin(folder, trace)])}`,
      ];
      const args = settings.flatMap((setting) => ['--set', setting]);
      const start = (roles: string) =>
        startServer({ data: path.join(folder, 'data'), args: ['--roles', roles, ...args] });
      const people = await start('web');
      const [one, two] = [await start('jobs'), await start('jobs')];
      const { token } = await Reader.of(people);
      const day = 86_400_000;
      const from = new Date(Math.floor(Date.now() / day) * day - 30 * day).toISOString();
      const words = ['jobs', 'backfill', 'stepping/daily', '--from', from, '--url', people.url, '--token', token];
      expect((await faultline(words)).stdout).toMatch(/^31 slots/);
      const lines = () => linesOf(`${trace}-daily`);
      await expect.poll(() => lines().length, { timeout: 60_000, interval: 50 }).toBeGreaterThan(6);
      const doomed = lines().at(-1)?.[0] === one.pid ? one : two;
      await doomed.kill();
      const atDeath = lines().length;
      await expect.poll(() => new Set(lines().map(([, slot]) => slot)).size, { timeout: 60_000 }).toBe(31);
      const slots = lines().map(([, slot]) => slot);
      expect(slots).toEqual([...slots].sort((a, b) => a - b));
      // The slot that it died in is run again, from its beginning: nothing says that it was over.
      expect(slots.length).toBeLessThanOrEqual(32);
      expect(atDeath).toBeLessThan(31);
      await Promise.all([people.stop(), (doomed === one ? two : one).stop()]);
    },
  );
});
