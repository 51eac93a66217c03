import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Reader } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

/** A plugin whose job writes a line for each of 40 steps, before it keeps its checkpoint. */
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
        for (let step = run.checkpoint() ?? 0; step < 40; step++) {
          await run.pausePoint();
          appendFileSync(${JSON.stringify(trace)}, step + '\\n');
          await run.saveCheckpoint(step + 1);
          run.progress(step + 1, 40);
          await clock.sleep(50, run.signal);
        }
        return { steps: 40 };
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
  const env = async (server: RunningServer) => ({
    FAULTLINE_URL: server.url,
    FAULTLINE_TOKEN: (await Reader.of(server)).token,
  });

  let server = await start();
  const asked = await faultline(['jobs', 'run', 'counting/steps', '--no-wait'], { env: await env(server) });
  expect(asked.stderr).toBe('');
  const run = asked.stdout.trim();
  await expect.poll(() => steps().length, { timeout: 10_000 }).toBeGreaterThan(10);
  await server.kill();
  const atDeath = steps().length;

  server = await start();
  // The lease of the dead process ends before its job goes on.
  await expect.poll(() => steps().at(-1), { timeout: 30_000, interval: 200 }).toBe(39);
  const shown = await faultline(['jobs', 'history', run], { env: await env(server) });
  expect(shown.stdout).toContain(`${run}  succeeded`);
  // The step at which it died may stand twice: its line came before its checkpoint.
  expect([...new Set(steps())]).toEqual(Array.from({ length: 40 }, (_, step) => step));
  expect(steps().length).toBeLessThanOrEqual(41);
  expect(atDeath).toBeLessThan(40);
  expect(await server.stop()).toBe(0);
});
