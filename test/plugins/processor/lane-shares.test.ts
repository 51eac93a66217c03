import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryLogger } from '@faultline/testing';
import { expect, it } from 'vitest';
import { EmbeddedBus } from '../../../server/src/bus/embedded-bus.ts';
import { systemClock } from '../../../server/src/services/system-clock.ts';
import { comparedWithWeights, laneShares } from './lane-shares.ts';

it('Full lanes are served 8:4:1 within a tenth, on the bus of a single process', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'faultline-lanes-'));
  const bus = new EmbeddedBus({ folder, clock: systemClock, logger: new MemoryLogger() });
  const shares = comparedWithWeights(await laneShares(bus, 1000));
  for (const share of shares) expect(Math.abs(share - 1)).toBeLessThan(0.1);
  await bus.close();
  await rm(folder, { recursive: true });
});
