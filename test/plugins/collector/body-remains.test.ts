import { describe, expect, it } from 'vitest';
import { BodyRemains, youngCollection } from '../../../plugins/collector/src/body-remains.js';

describe('what large bodies leave behind', () => {
  it('is collected whenever some megabytes of it have come together', () => {
    let collections = 0;
    const remains = new BodyRemains(() => (collections += 1));
    for (let post = 0; post < 24; post++) remains.note(1024 * 1024);
    expect(collections).toBe(3);
  });

  it('is not looked for after small bodies, however many', () => {
    let collections = 0;
    const remains = new BodyRemains(() => (collections += 1));
    for (let post = 0; post < 10_000; post++) remains.note(40_000);
    expect(collections).toBe(0);
  });

  it('is gone from the memory of the process afterwards', () => {
    const collect = youngCollection();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    for (let chunk = 0; chunk < 100; chunk++) Buffer.alloc(65_536);
    const littered = process.memoryUsage().arrayBuffers;
    collect();
    expect(littered - before).toBeGreaterThan(5_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('is collected by nothing that code of plugins could call', () => {
    youngCollection()();
    expect('gc' in globalThis).toBe(false);
  });
});
