import { describe, expect, it } from 'vitest';
import { BodyRemains, youngCollection } from '../../../plugins/collector/src/body-remains.js';

function readBody(remains: BodyRemains, { size, chunk }: { size: number; chunk: number }) {
  for (let read = chunk; read <= size; read += chunk) remains.note(chunk, read);
}

describe('what large bodies leave behind', () => {
  it('is collected whenever some megabytes of it have come together', () => {
    let collections = 0;
    const remains = new BodyRemains(() => (collections += 1));
    for (let post = 0; post < 24; post++) readBody(remains, { size: 1024 * 1024, chunk: 64 * 1024 });
    expect(collections).toBe(2);
  });

  it('is collected while bodies arrive, not at their end', () => {
    let collections = 0;
    const remains = new BodyRemains(() => (collections += 1));
    readBody(remains, { size: 64 * 1024 * 1024, chunk: 64 * 1024 });
    expect(collections).toBeGreaterThan(5);
  });

  it('is not looked for after small bodies, however many', () => {
    let collections = 0;
    const remains = new BodyRemains(() => (collections += 1));
    for (let post = 0; post < 10_000; post++) readBody(remains, { size: 40_000, chunk: 20_000 });
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
