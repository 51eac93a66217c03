import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryLogger } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../server/src/bus/embedded-bus.ts';
import { BusConfig } from '../../../server/src/bus/nats/bus-config.ts';
import { NatsBus } from '../../../server/src/bus/nats/nats-bus.ts';
import { systemClock } from '../../../server/src/services/system-clock.ts';
import { NatsServer, natsVersion } from '../../nats-server.ts';
import { comparedWithWeights, laneShares } from './lane-shares.ts';

const minute = 60_000;

function expectWeights(taken: Awaited<ReturnType<typeof laneShares>>): void {
  for (const share of comparedWithWeights(taken)) expect(Math.abs(share - 1), JSON.stringify(taken)).toBeLessThan(0.1);
}

describe('Lanes that are full for a minute are served 8:4:1 within a tenth', { timeout: 3 * minute }, () => {
  it('on the bus of a single process', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'faultline-lanes-'));
    const bus = new EmbeddedBus({ folder, clock: systemClock, logger: new MemoryLogger() });
    expectWeights(await laneShares(bus, minute));
    await bus.close();
    await rm(folder, { recursive: true });
  });

  it.skipIf(natsVersion() === null)(`on nats-server ${natsVersion()}`, async () => {
    const nats = await NatsServer.start();
    const config = BusConfig.parse({ url: nats.url });
    const bus = await NatsBus.open(config, { logger: new MemoryLogger(), folder: tmpdir(), name: 'test' });
    expectWeights(await laneShares(bus, minute));
    await bus.close();
    await nats.remove();
  });
});
