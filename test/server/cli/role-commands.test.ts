import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline, needless, type Outcome } from './faultline-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-roles-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<Outcome> =>
  faultline([...args, '--data', folder, '--set', `disabled=${needless}`]);

describe('roles on the command line', () => {
  it('are made, listed with who has them, changed, and removed when nobody has them', async () => {
    const made = await run(
      'role',
      'set',
      'release-manager',
      '--permission',
      'upload_symbols',
      '--permission',
      'triager',
    );
    expect(made).toMatchObject({ code: 0, stdout: 'release-manager: reprocess, triage, upload_symbols\n' });
    expect((await run('user', 'add', 'ann', '--role', 'release-manager')).code).toBe(0);
    const { stdout } = await run('role', 'list');
    expect(stdout).toMatch(/^release-manager +1 +own +reprocess,triage,upload_symbols$/m);
    expect(stdout).toMatch(/^viewer +0 +built in +-$/m);
    const refused = await run('role', 'remove', 'release-manager');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('in use: ann') as string });
    expect((await run('role', 'set', 'release-manager')).stdout).toBe('release-manager: reading public fields\n');
    await run('user', 'role', 'ann', 'viewer');
    expect((await run('role', 'remove', 'release-manager')).code).toBe(0);
    const json = (await run('role', 'list', '--json')).stdout.trim().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual([
      'viewer',
      'triager',
      'maintainer',
      'admin',
    ]);
  });

  it('are refused in words: built-in ones, bad names, unknown permissions', async () => {
    expect((await run('role', 'set', 'admin')).stderr).toContain('is built in');
    expect((await run('role', 'set', 'No Name')).stderr).toContain('lower-case letter');
    expect((await run('role', 'set', 'x', '--permission', 'manag')).stderr).toContain('mean "manage"');
    expect((await run('role', 'remove', 'nobody')).stderr).toContain('There is no role "nobody"');
    expect((await run('role', 'set')).code).toBe(2);
  });
});

describe('a disabled user', () => {
  it('is let in again', async () => {
    await run('user', 'add', 'bob');
    expect((await run('user', 'disable', 'bob')).stdout).toBe('bob is disabled.\n');
    expect((await run('user', 'enable', 'bob')).stdout).toBe('bob is enabled.\n');
    expect((await run('user', 'enable', 'eve')).stderr).toContain('There is no user "eve"');
    const log = (await run('audit', 'export')).stdout;
    expect(log).toContain('user.enable');
    expect(log).toContain('role.set');
  });
});
