/**
 * Several processes on one data folder, with a real NATS between them: one collects, two process, one serves people.
 * A processor is killed in the middle of its work.
 */
import { MemoryLogger } from '@faultline/testing';
import type { NodeHeartbeat } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusConfig } from '../../server/src/bus/nats/bus-config.ts';
import { NatsBus } from '../../server/src/bus/nats/nats-bus.ts';
import { NatsServer, natsVersion } from '../nats-server.ts';
import { Reader, submitAccepted } from './crash-client.ts';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from './server-process.ts';

const version = natsVersion();
const crashes = 80;
/** `shared-folder.long.test.ts` kills the process that has the search index. */
const killsHead = process.env['FAULTLINE_KILL_HEAD'] === 'yes';

describe.skipIf(version === null)(`Processes that share a folder over nats-server ${version}`, () => {
  let nats: NatsServer;
  let bus: NatsBus;
  beforeAll(async () => {
    nats = await NatsServer.start();
    const config = BusConfig.parse({ url: nats.url });
    bus = await NatsBus.open(config, { logger: new MemoryLogger(), folder: '.', name: 'test' });
  });
  afterAll(async () => {
    cleanUp();
    await bus.close();
    await nats.remove();
  });

  it('lose and double no crash when one of two processors is killed, and go on finding', async () => {
    const data = temporaryFolder();
    const start = (roles: string, ...args: string[]): Promise<RunningServer> => {
      const settings = [`bus.url=${nats.url}`, 'processor.ackWait=3000', 'processor.quarantine=0', ...args];
      return startServer({ data, args: ['--roles', roles, ...settings.flatMap((setting) => ['--set', setting])] });
    };
    const heard = new Map<string, NodeHeartbeat>();
    bus.on<NodeHeartbeat>('node.heartbeat', (beat) => void heard.set(beat.node, beat));

    // The first process that may have the search index takes it; after its death it is free a quarter of a minute later.
    const first = await start('processor');
    const [collector, people, second] = await Promise.all([start('collector'), start('web,jobs'), start('processor')]);
    const [doomed, survivor] = killsHead ? [first, second] : [second, first];
    const reader = await Reader.of(people);
    const ids: string[] = [];
    for (let n = 0; n < crashes; n++) {
      ids.push(await submitAccepted(collector.url, { ProductName: 'Shared', Version: `1.${n}` }));
      if (n === crashes / 2) await doomed.kill();
    }
    // Asked of the store: the event of a crash may die with the process that stored its run.
    for (const id of ids) {
      const report = await reader.processed(id, 60_000);
      expect([report.state, report.runs.length]).toEqual(['processed', 1]);
    }
    // Search has what the dead one had put there and what it had not.
    await expect
      .poll(async () => (await reader.search('product:Shared', 0).catch(() => null))?.total, { timeout: 40_000 })
      .toBe(crashes);

    // What a web process can't do itself, it asks for.
    const rulesets = await reader.get<{ rulesets: { name: string; rules: unknown[] }[] }>(
      '/api/v1/processing/rulesets',
    );
    expect(rulesets.rulesets.map(({ name }) => name)).toEqual(['default', 'regenerate-signature']);
    await expect
      .poll(() => [...heard.values()].map(({ roles }) => roles.join(',')).sort(), { timeout: 20_000 })
      .toEqual(['collector', 'processor', 'processor', 'web,jobs'].sort());
    const beat = [...heard.values()].find(({ pid }) => pid === survivor.pid);
    expect(beat?.plugins.every(({ state }) => state !== 'failed')).toBe(true);
    expect(beat).toMatchObject({ roles: ['processor'], queues: [{}, {}, {}] });
    for (const server of [collector, people, survivor]) expect(await server.stop()).toBe(0);
  });

  it('leave the folder alone when another server has it to itself', async () => {
    const alone = await startServer({});
    const refused = startServer({ data: alone.data, args: ['--set', `bus.url=${nats.url}`] });
    await expect(refused).rejects.toThrow(/in use by process \d+.*start it with the same bus\.url/s);
    await alone.stop();
  });
});
