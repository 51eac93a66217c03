import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GivenFiles } from '../../../desktop/shared/ipc.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-rights-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Root may read everything: the program becomes nobody first. */
const program = `import { OpenFiles } from './open-files.mjs';
if (process.getuid() === 0) process.setuid(65534);
process.stdout.write(JSON.stringify(await new OpenFiles().giveAll(process.argv.slice(2), 1)));
`;

/** What the app gives for these places to a person who is not root. */
async function given(places: string[]): Promise<GivenFiles> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source'] },
    ssr: { noExternal: true, resolve: { conditions: ['source'] } },
    build: { ssr: path.resolve('desktop/main/open-files.ts'), write: false, target: 'node20' },
  });
  const [chunk] = (output as Rolldown.RolldownOutput).output;
  writeFileSync(path.join(folder, 'open-files.mjs'), chunk.code);
  writeFileSync(path.join(folder, 'program.mjs'), program);
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'program.mjs'), ...places], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as GivenFiles;
}

describe.skipIf(process.platform === 'win32')('a folder without rights', () => {
  it('is said to be one, and costs nothing of what can be read', async () => {
    const [open, closed] = [path.join(folder, 'crashes'), path.join(folder, 'closed')];
    for (const place of [open, path.join(open, 'old'), closed]) mkdirSync(place);
    for (const name of ['a.dmp', 'b.dmp', 'old/c.dmp']) writeFileSync(path.join(open, name), 'MDMP');
    chmodSync(path.join(open, 'old'), 0o000);
    chmodSync(closed, 0o000);
    const { files, unreadable } = await given([open, closed]);
    for (const place of [path.join(open, 'old'), closed]) chmodSync(place, 0o755);
    expect(files.map((file) => file.path).sort()).toEqual(['crashes/a.dmp', 'crashes/b.dmp']);
    expect(unreadable).toEqual([
      { path: 'crashes/old', code: 'EACCES' },
      { path: 'closed', code: 'EACCES' },
    ]);
  });
});
