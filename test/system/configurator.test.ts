import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigurationApplied, ConfigurationDetail, ConfigurationHistory, PluginList } from '@faultline/sdk/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader, submit } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

/** A plugin that does not start with `fragile.mood: bad`: no schema can tell. */
function fragilePlugin(): string {
  const folder = path.join(temporaryFolder(), 'fragile');
  mkdirSync(folder);
  const faultline = { id: 'fragile', displayName: 'Fragile', apiVersion: 1, entry: './index.js' };
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'fragile', version: '1.0.0', type: 'module', faultline }),
  );
  writeFileSync(
    path.join(folder, 'index.js'),
    `import { definePlugin } from '@faultline/sdk';
import { z } from 'zod';
export default definePlugin({
  config: z.strictObject({ mood: z.string().default('good') }).prefault({}),
  activate({ config }) { if (config.mood === 'bad') throw new Error('not today'); },
});
`,
  );
  return folder;
}

let server: RunningServer;
let reader: Reader;
beforeAll(async () => {
  const plugins = JSON.stringify([fragilePlugin()]);
  // One collecting process: those of others would need a restart to take up its settings.
  server = await startServer({ args: ['--set', 'collector.processes=1', '--set', `plugins=${plugins}`] });
  reader = await Reader.of(server);
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

const file = (): string => readFileSync(path.join(server.data, 'faultline.yaml'), 'utf8');

async function send(what: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/api/v1/configuration/${what}`, {
    method: 'POST',
    headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const detail = (): Promise<ConfigurationDetail> => reader.get('/api/v1/configuration');

describe('the configurator', () => {
  it('applies a change while reports arrive, at once, and loses none of them', async () => {
    const answers: { status: number; text: string }[] = [];
    let isOver = false;
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) answers.push(await submit(server.url, { ProductName: 'Fenix', Version: '1' }));
    });
    const applied = await send('apply', {
      revision: (await detail()).revision,
      changes: [{ name: 'collector.throttle.products', value: ['Fenix'] }],
    });
    isOver = true;
    await Promise.all(load);
    expect(applied).toMatchObject({ status: 200, body: { reloaded: ['collector'], needRestart: [] } });
    expect(answers.length).toBeGreaterThan(8);
    expect(answers.filter(({ status, text }) => status !== 200 || !text.startsWith('CrashID='))).toEqual([]);
    expect((await submit(server.url, { ProductName: 'Other', Version: '1' })).text).toMatch(/^Discarded=/);
    expect(file()).toContain('# server:');
    expect(file()).toMatch(/collector:\n {2}throttle:\n {4}products:\n {6}- Fenix\n$/);
  });

  it('refuses what is wrong, names it, and leaves the file alone', async () => {
    const before = file();
    const wrong = await send('apply', { revision: '', changes: [{ name: 'collector.throttle.fallbak', value: 'x' }] });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'CONFIG_INVALID' } } });
    expect(JSON.stringify(wrong.body)).toContain('Did you mean');
    const twice = await send('apply', { revision: '', text: 'log:\n  level: info\nlog:\n  level: warn\n' });
    expect(twice).toMatchObject({
      status: 400,
      body: { error: { details: { problems: [{ code: 'CONFIG_SYNTAX' }] } } },
    });
    expect(file()).toBe(before);
  });

  it('wants a second yes for what could lock people out, and warns of what has no reader', async () => {
    const change = { revision: '', changes: [{ name: 'disabled', value: ['processor'] }] };
    expect(await send('apply', change)).toMatchObject({ status: 409, body: { error: { code: 'CONFIG_NEEDS_YES' } } });
    expect(await send('review', change)).toMatchObject({
      body: { warnings: [{ code: 'QUEUE_UNREAD' }], topology: { removed: [{ id: 'role/processor' }] } },
    });
    const unbound = { revision: '', changes: [{ name: 'server.host', value: '::1' }] };
    expect(await send('apply', unbound)).toMatchObject({ status: 409, body: { error: { code: 'CONFIG_NEEDS_YES' } } });
  });

  it('says what a change does to the topology, before it is applied', async () => {
    const hook = { url: 'https://hooks.example.org/x' };
    const changes = [
      { name: 'export.enabled', value: true },
      { name: 'notices.webhooks', value: { chat: hook } },
    ];
    const { body } = await send('review', { revision: '', changes });
    expect(body['topology']).toMatchObject({
      added: [{ id: 'sink/export', kind: 'sink', title: 'Export' }, { id: 'notifier/notices/webhook-chat' }],
      removed: [],
    });
  });

  it('goes back to what it was when a plugin does not start with a change', async () => {
    const before = file();
    const change = { revision: '', changes: [{ name: 'fragile.mood', value: 'bad' }] };
    const refused = await send('apply', change);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'CONFIG_NOT_TAKEN' } } });
    expect(JSON.stringify(refused.body)).toContain('not today');
    expect(file()).toBe(before);
    const { plugins } = await reader.get<PluginList>('/api/v1/plugins');
    expect(plugins.find(({ id }) => id === 'fragile')).toMatchObject({ state: 'active' });
  });

  it('lets the second of two admins look again, and notices edits by hand', async () => {
    const { revision } = await detail();
    const change = { revision, changes: [{ name: 'log.level', value: 'warn' }] };
    expect(await send('apply', change)).toMatchObject({ status: 200, body: { needRestart: ['log'] } });
    expect(await send('apply', change)).toMatchObject({ status: 409, body: { error: { code: 'CONFIG_CHANGED' } } });
    expect((await detail()).waiting).toEqual(['log.level']);
    writeFileSync(path.join(server.data, 'faultline.yaml'), `${file()}\n# by hand\n`);
    expect((await detail()).isEditedByHand).toBe(true);
    await send('apply', { revision: '', changes: [{ name: 'log.level' }] });
    const history = await reader.get<ConfigurationHistory>('/api/v1/configuration/history');
    expect(history.entries.map(({ what }) => what)).toEqual(['apply', 'hand edit', 'apply', 'apply', 'hand edit']);
    expect(file()).toContain('# by hand');
  });

  it('puts a former configuration back, from the command line too, and takes it up', async () => {
    const { entries } = await reader.get<ConfigurationHistory>('/api/v1/configuration/history');
    const first = entries.at(-1)?.number ?? 0;
    const done = await faultline(['config', 'rollback', String(first), '--url', server.url, '--token', reader.token]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('Taken up by collector.');
    expect((await submit(server.url, { ProductName: 'Other', Version: '1' })).text).toMatch(/^CrashID=/);
  });

  it('shows no secret, neither in the settings nor in a review', async () => {
    const applied = await send('apply', {
      revision: '',
      changes: [{ name: 'bus.token', value: 'canary-secret' }],
    });
    const text = JSON.stringify([applied.body, await detail()]);
    expect(applied.body as Partial<ConfigurationApplied>).toMatchObject({ needRestart: ['bus'] });
    expect(text).not.toContain('canary-secret');
    expect(text).toContain('(secret)');
  });
});
