/** What the operations say is what a hundred posted crashes really did. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OperationsSnapshot, TopologyAnswer } from '@faultline/sdk/api';
import { afterAll, expect, it } from 'vitest';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

/** A sink that takes nothing, and a rule that fails for every crash. */
function brokenPlugin(folder: string): string {
  const plugin = path.join(folder, 'broken');
  mkdirSync(plugin, { recursive: true });
  const manifest = {
    id: 'broken',
    displayName: 'Broken',
    apiVersion: 1,
    entry: './index.js',
    rules: './rules.js',
    contributes: { CrashSink: [{ id: 'broken' }], ProcessingRule: [{ id: 'broken/rule' }] },
  };
  const write = (name: string, text: string) => writeFileSync(path.join(plugin, name), text);
  write(
    'package.json',
    JSON.stringify({ name: 'broken', version: '1.0.0', type: 'module', exports: './index.js', faultline: manifest }),
  );
  write(
    'index.js',
    `import { CrashSink, definePlugin, FaultlineError } from '@faultline/sdk';
export default definePlugin({
  activate: (ctx) => void ctx.contribute(CrashSink, {
    id: 'broken',
    title: 'Broken sink',
    deliver: () => Promise.reject(new FaultlineError('Unavailable', 'DISK_FULL', 'No room.')),
  }),
});
`,
  );
  write(
    'rules.js',
    `import { defineRules } from '@faultline/sdk/processing-rule';
export default defineRules(() => [{
  id: 'broken/rule', title: 'Fails', version: 1, reads: [], writes: [],
  applies: () => true,
  apply() { throw new TypeError('broken'); },
}]);
`,
  );
  return plugin;
}

afterAll(cleanUp);

it('counts on every way what a hundred crashes did, and says what is wrong in words', async () => {
  const folder = temporaryFolder();
  const plugin = brokenPlugin(folder);
  const settings = ['--set', `plugins=${JSON.stringify([plugin])}`, '--set', 'ops.every=500'];
  const server = await startServer({ data: path.join(folder, 'data'), args: settings });
  const reader = await Reader.of(server);
  for (let n = 0; n < 10; n++) {
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        submitAccepted(server.url, { ProductName: 'Teapot', Version: `${n}.${at}` }),
      ),
    );
  }
  const snapshot = () => reader.get<OperationsSnapshot>('/api/v1/operations');
  const sinkOf = (seen: OperationsSnapshot, id: string) => seen.sinks.find(({ sink }) => sink === id);
  await expect
    .poll(async () => sinkOf(await snapshot(), 'search-local')?.delivered, { timeout: 60_000, interval: 200 })
    .toBe(100);
  await expect.poll(async () => (await snapshot()).rules[0]?.runs, { timeout: 30_000 }).toBe(100);
  await expect.poll(async () => (await snapshot()).pipeline[0]?.total, { timeout: 30_000 }).toBe(100);
  const seen = await snapshot();
  const words = seen.problems.map(({ text, hint }) => `${text} ${hint}`).join('\n');
  expect(words).toMatch(/Broken sink is 100 crashes behind since .*: its disk is full\. Free space, it catches up/);
  expect(words).toContain('The rule broken/rule failed for 100 of the last 100 crashes.');
  expect(seen.level).toBe('warning');
  expect(seen.rules.find(({ rule }) => rule === 'broken/rule')).toMatchObject({ runs: 100, failed: 100 });
  expect(seen.pipeline.find(({ step }) => step === 'rules')).toMatchObject({ count: 100, failures: 100 });

  const topology = () => reader.get<TopologyAnswer>('/api/v1/operations/topology');
  const totals = async () =>
    Object.fromEntries((await topology()).edges.map(({ id, total, waiting }) => [id, [total, waiting]]));
  await expect.poll(totals, { timeout: 30_000, interval: 200 }).toMatchObject({
    'clients->role/collector': [100, null],
    'role/collector->store': [100, null],
    'role/collector->queue/normal': [100, null],
    'queue/normal->role/processor': [100, 0],
    'role/processor->store': [100, null],
    'role/processor->sink/search-local': [100, 0],
    'role/processor->sink/triage': [100, 0],
    'role/processor->sink/broken': [0, 100],
    'queue/priority->role/processor': [0, 0],
  });
  const broken = (await topology()).edges.find(({ id }) => id === 'role/processor->sink/broken');
  expect(broken?.problem).toBe('DISK_FULL');
  // Every metric that any plugin tells is described, once.
  expect(server.log()).not.toMatch(/METRIC_(UNKNOWN|TWICE)/);
  await server.stop();

  // The same configuration without its processor: the drawing and its warning change.
  const configured = ['topology', '--data', path.join(folder, 'data'), '--format', 'mermaid', ...settings.slice(0, 2)];
  const halved = await faultline([...configured, '--set', 'disabled=["processor"]']);
  expect(halved.stdout).toContain('["Broken"]');
  expect(halved.stdout).not.toContain('["Processors');
  expect(halved.stderr).toContain('Nobody reads the queues: crashes are kept and wait.');
});
