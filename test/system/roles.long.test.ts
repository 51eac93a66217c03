/** Every split of the roles over processes that share a folder, on a real NATS: crashes in, signed again by a job, found. */
import type { JobRunShape } from '@faultline/sdk/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NatsServer, natsVersion } from '../nats-server.ts';
import { Reader, submitAccepted } from './crash-client.ts';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from './server-process.ts';

const version = natsVersion();
const crashes = 12;

const splits = [
  ['collector,processor,web,jobs'],
  ['collector', 'processor', 'web', 'jobs'],
  ['collector,web', 'processor', 'jobs'],
  ['collector,web', 'processor,jobs'],
  ['collector,processor', 'web,jobs'],
  ['collector,jobs', 'processor,web'],
  ['collector', 'processor', 'processor', 'web', 'jobs'],
];

describe.skipIf(version === null)(`Roles over processes, on nats-server ${version}`, { timeout: 180_000 }, () => {
  let nats: NatsServer;
  const running: RunningServer[] = [];
  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterEach(async () => {
    for (const server of running.splice(0)) expect(await server.stop()).toBe(0);
  });
  afterAll(async () => {
    cleanUp();
    await nats.remove();
  });

  it.each(splits.map((split) => [split.join(' | '), split] as const))('%s', async (_, split) => {
    const data = temporaryFolder();
    const prefix = `t${Date.now().toString(36)}`;
    const settings = [`bus.url=${nats.url}`, `bus.prefix=${prefix}`, 'export.enabled=true'];
    const servers = await Promise.all(
      split.map(async (roles) => {
        const args = ['--roles', roles, ...settings.flatMap((setting) => ['--set', setting])];
        const server = await startServer({ data, args, patience: 60_000 });
        running.push(server);
        return { roles, server };
      }),
    );
    const of = (role: string): RunningServer => {
      const found = servers.find(({ roles }) => roles.split(',').includes(role));
      if (found === undefined) throw new Error(`nobody is ${role}`);
      return found.server;
    };
    const reader = await Reader.of(of('web'));
    const ids: string[] = [];
    for (let n = 0; n < crashes; n++) {
      ids.push(await submitAccepted(of('collector').url, { ProductName: 'Split', Version: `1.${n}` }));
    }
    const runs = async () => await Promise.all(ids.map(async (id) => (await reader.report(id)).runs.length));
    await expect.poll(runs, { timeout: 40_000 }).toEqual(ids.map(() => 1));
    const found = async () => (await reader.search('product:Split', 0).catch(() => null))?.total;
    await expect.poll(found, { timeout: 40_000 }).toBe(crashes);

    const response = await fetch(`${of('web').url}/api/v1/processing/reprocess`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'auth-token': reader.token },
      body: JSON.stringify({ crashIds: ids, ruleset: 'regenerate-signature' }),
    });
    const { id } = (await response.json()) as JobRunShape;
    const job = async () => await reader.get<JobRunShape>(`/api/v1/job-runs/${id}`);
    await expect.poll(async () => (await job()).status, { timeout: 40_000 }).toBe('succeeded');
    expect((await job()).result).toMatchObject({ crashes, failed: 0, unknown: 0 });
    expect(await runs()).toEqual(ids.map(() => 2));
    // Nothing is owed to a sink that nobody delivers to.
    const owed = async () =>
      (await reader.get<{ outbox: { rows: number }[] }>('/api/v1/status')).outbox.reduce(
        (sum, { rows }) => sum + rows,
        0,
      );
    await expect.poll(owed, { timeout: 40_000 }).toBe(0);
  });
});
