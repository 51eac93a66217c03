import { expect, it } from 'vitest';
import { SpentChunks, youngCollection } from '../../../plugins/collector/src/spent-chunks.js';

const chunk = 64 * 1024;

it('has the young generation collected after each 16 MB of chunks, and not before', () => {
  let collections = 0;
  const spent = new SpentChunks(() => (collections += 1));
  for (let n = 0; n < 255; n++) spent.add(chunk);
  expect(collections).toBe(0);
  for (let n = 255; n < 1024; n++) spent.add(chunk);
  expect(collections).toBe(4);
});

it('frees chunks that nobody has any more', async () => {
  const waste = () => {
    for (let n = 0; n < 256; n++) Buffer.allocUnsafeSlow(chunk).fill(1);
  };
  youngCollection();
  waste();
  const before = process.memoryUsage().arrayBuffers;
  youngCollection();
  await expect.poll(() => before - process.memoryUsage().arrayBuffers, { timeout: 10_000 }).toBeGreaterThan(8_000_000);
});
