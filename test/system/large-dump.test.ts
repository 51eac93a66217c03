import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSparseDump } from './sparse-dump.js';

const run = promisify(execFile);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-large-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('faultline stackwalk on a dump of 2 GiB', () => {
  it('walks it in less than 200 MB of memory', async () => {
    const file = path.join(folder, 'large.dmp');
    await writeSparseDump(file);
    expect(statSync(file).size).toBeGreaterThan(2 ** 31);
    // The command's own peak, told by itself as it ends.
    const tell = 'process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))';
    const args = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`];
    const { stdout, stderr } = await run(process.execPath, [
      ...args,
      path.resolve('server/bin/faultline.js'),
      'stackwalk',
      '--json',
      file,
    ]);
    const { crashing_thread: thread } = JSON.parse(stdout) as { crashing_thread: { frames: { offset: string }[] } };
    expect(thread.frames[1]?.offset).toBe('0x0000000000401233');
    const kilobytes = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
    expect(kilobytes / 1000).toBeGreaterThan(20);
    expect(kilobytes / 1000).toBeLessThan(200);
  });
});
