import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../../plugins/collector/src/whole-collections.ts', import.meta.url));

/** 25 MB that live, 1 GB of bodies that pass by, some of them in flight, and for each a few objects that grow old. */
const busyProcess = `
  import { PerformanceObserver } from 'node:perf_hooks';
  import { setTimeout as rest } from 'node:timers/promises';
  let whole = 0;
  const isWhole = ({ detail }) => detail.kind === 4;
  new PerformanceObserver((list) => (whole += list.getEntries().filter(isWhole).length)).observe({ entryTypes: ['gc'] });
  const kept = Array.from({ length: 300_000 }, (_, n) => ({ n, text: 'x' + n }));
  gc();
  await rest(20);
  let bodies = [];
  let posts = [];
  for (let round = 0; round < 1000; round++) {
    for (let chunk = 0; chunk < 16; chunk++) bodies.push(Buffer.alloc(65_536));
    if (round % 8 === 0) {
      gc({ type: 'minor' });
      bodies = bodies.slice(-32);
    }
    for (let k = 0; k < 150; k++) posts.push({ round, k, text: 'y' + k });
    if (posts.length > 4000) posts = posts.slice(-2000);
    await rest(1);
  }
  await rest(20);
  console.log(JSON.stringify({ whole, kept: kept.length }));
`;

async function wholeCollections(before: string): Promise<number> {
  const args = ['--expose-gc', '--input-type=module', '-e', before + busyProcess];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { whole: number }).whole;
}

describe('collections of the whole heap', () => {
  it('are fewer while bodies pass by', async () => {
    const { outputFiles } = await build({ entryPoints: [source], write: false, format: 'esm', target: 'node20' });
    const asItIs = await wholeCollections('');
    const seldom = await wholeCollections(`${outputFiles[0]?.text}; collectWholeHeapSeldom();`);
    expect(seldom).toBeLessThan(asItIs);
  });
});
