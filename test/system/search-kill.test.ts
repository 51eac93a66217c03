import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { LocalIndex as LocalIndexClass } from '../../plugins/search-local/src/local-index.js';

const module_ = pathToFileURL(path.resolve('plugins/search-local/dist/local-index.js')).href;

/** Indexes batches for ever, in segments that are merged all the time, and says which ones were acknowledged. */
const program = `
const { LocalIndex } = await import(${JSON.stringify(module_)});
const logger = { debug() {}, info() {}, warn() {}, error(...facts) { console.error(facts); }, child: () => logger };
const [folder, first] = process.argv.slice(1);
const index = await LocalIndex.open({ folder, cacheSize: 1 << 22, flushRows: 100, logger, onDamage: () => console.log('damaged') });
const id = (n) => n.toString(16).padStart(8, '0') + '-0000-4000-8000-00000026112' + (n % 3);
const hashes = new Map([['$id', ''], ['$run', ''], ['$completed', ''], ['submitted_timestamp', 'a'], ['signature', 'b']]);
for (let batch = Number(first); ; batch++) {
  const rows = Array.from({ length: 60 }, (_, row) => {
    const n = batch * 60 + row;
    const time = Date.UTC(2026, 10, 20 + (n % 3));
    return { id: id(n), run: 1, completed: time, values: { submitted_timestamp: time, signature: 'signature ' + n % 500 } };
  });
  await index.ask('index', { rows: JSON.stringify(rows), hashes });
  console.log('batch ' + batch);
}
`;

describe('the search index under kill -9', () => {
  it('has every acknowledged crash after each kill in the middle of merges', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'faultline-search-kill-'));
    try {
      let next = 0;
      // So many that each run has merges; where in one it is killed, chance decides.
      for (const batches of [17, 12, 14]) {
        const acknowledged = await runFor(batches, folder, next);
        expect(acknowledged).toBeGreaterThanOrEqual(next + batches - 1);
        next = acknowledged + 1;
        const rows = await rowsIn(folder);
        // The batch that was under way may be there too.
        expect([next * 60, (next + 1) * 60]).toContain(rows);
        next = rows / 60;
      }
      // Merges have happened: of dozens of flushes, three segments each, few stay.
      const files = await readdir(folder, { recursive: true });
      expect(files.filter((name) => name.endsWith('.seg')).length).toBeLessThan(30);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Kills it when it has acknowledged so many batches; resolves with the last one. */
async function runFor(batches: number, folder: string, first: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
    if (output.split('\n').length > batches) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(output).not.toContain('damaged');
  const whole = output.slice(0, output.lastIndexOf('\n') + 1);
  return Math.max(first - 1, ...[...whole.matchAll(/batch (\d+)\n/g)].map((match) => Number(match[1])));
}

async function rowsIn(folder: string): Promise<number> {
  const { LocalIndex } = (await import(/* @vite-ignore */ module_)) as { LocalIndex: typeof LocalIndexClass };
  const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
  const index = await LocalIndex.open({ folder, cacheSize: 1 << 22, flushRows: 100, logger: quiet, onDamage() {} });
  const { crashes, isDamaged } = await index.status();
  await index.close();
  expect(isDamaged).toBe(false);
  return crashes;
}
