import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobRunShape } from '@faultline/sdk/api';
import { afterAll, expect, it } from 'vitest';
import { Reader } from './crash-client.js';
import { cleanUp, startServer, temporaryFolder } from './server-process.js';

const most = 24;

/** A plugin whose job writes a line for each of its steps, before it keeps its checkpoint. */
function countingPlugin(folder: string, trace: string): string {
  const plugin = path.join(folder, 'counting');
  mkdirSync(plugin, { recursive: true });
  const manifest = {
    id: 'counting',
    displayName: 'Counting',
    apiVersion: 1,
    entry: './index.js',
    contributes: { Job: [{ id: 'counting/steps' }] },
  };
  writeFileSync(
    path.join(plugin, 'package.json'),
    JSON.stringify({ name: 'counting', version: '1.0.0', type: 'module', faultline: manifest }),
  );
  writeFileSync(
    path.join(plugin, 'index.js'),
    `import { appendFileSync } from 'node:fs';
import { Clock, definePlugin, Job } from '@faultline/sdk';
export default definePlugin({
  activate(ctx) {
    const clock = ctx.resolve(Clock);
    ctx.contribute(Job, {
      id: 'counting/steps',
      title: 'Count',
      async run(run) {
        for (let step = run.checkpoint() ?? 0; step < ${most}; step++) {
          await run.pausePoint();
          appendFileSync(${JSON.stringify(trace)}, step + '\\n');
          await run.saveCheckpoint(step + 1);
          run.progress(step + 1, ${most});
          await clock.sleep(50, run.signal);
        }
        return { steps: ${most} };
      },
    });
  },
});
`,
  );
  return plugin;
}

afterAll(cleanUp);

it('a job goes on after kill -9 where it was, and says in the end what it did', async () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const trace = path.join(folder, 'trace');
  writeFileSync(trace, '');
  const plugin = countingPlugin(folder, trace);
  const start = () => startServer({ data, args: ['--set', `plugins=${JSON.stringify([plugin])}`] });
  const steps = () => readFileSync(trace, 'utf8').trim().split('\n').map(Number);

  let server = await start();
  const { token } = await Reader.of(server);
  const headers = { 'auth-token': token, 'content-type': 'application/json' };
  const body = JSON.stringify({ job: 'counting/steps' });
  const asked = await fetch(`${server.url}/api/v1/jobs/start`, { method: 'POST', headers, body });
  const { id } = (await asked.json()) as JobRunShape;
  await expect.poll(() => steps().length, { timeout: 30_000 }).toBeGreaterThan(8);
  await server.kill();
  const atDeath = steps().length;

  server = await start();
  // The folder of a dead process is taken over at once, and its jobs with it.
  const run = async () =>
    (await (await fetch(`${server.url}/api/v1/job-runs/${id}`, { headers })).json()) as JobRunShape;
  await expect.poll(async () => (await run()).status, { timeout: 60_000 }).toBe('succeeded');
  expect((await run()).result).toEqual({ steps: most });
  // The step at which it died may stand twice: its line came before its checkpoint.
  expect([...new Set(steps())]).toEqual(Array.from({ length: most }, (_, step) => step));
  expect(steps().length).toBeLessThanOrEqual(most + 1);
  expect(atDeath).toBeLessThan(most);
  expect(await server.stop()).toBe(0);
});
