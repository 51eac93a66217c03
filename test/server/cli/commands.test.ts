import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultline, needless, serve, type Serving } from './faultline-process.js';

let folder: string;
let server: Serving | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-cli-'));
});
afterEach(async () => {
  await server?.stop();
  server = null;
  await rm(folder, { recursive: true, force: true });
});

const fewest = ['--set', `disabled=${needless}`];

describe('calling the program', () => {
  it('with --help lists its commands and those of plugins', async () => {
    const { code, stdout } = await faultline(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}serve +Run the server$/m);
    expect(stdout).toMatch(/^ {2}stackwalk +/m);
  });

  it.each(['serve', 'submit', 'show', 'plugins', 'config', 'token create', 'login-link', 'doctor', 'stackwalk'])(
    '%s --help prints its usage',
    async (command) => {
      const { code, stdout, stderr } = await faultline([...command.split(' '), '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`faultline ${command}`);
    },
  );

  it('wrongly ends with 2 and says how', async () => {
    expect(await faultline(['srve'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mean "serve"') as string,
    });
    expect((await faultline(['token'])).stderr).toContain('token create');
    expect((await faultline(['serve', '--prot', '1'])).code).toBe(2);
    const noServer = await faultline(['show', 'bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122']);
    expect(noServer).toMatchObject({ code: 2, stderr: expect.stringContaining('--url is missing') as string });
  });

  it('for a server that is not there ends with 1', async () => {
    const args = ['show', 'bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122', '--url', 'http://127.0.0.1:1'];
    const { code, stderr } = await faultline(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^faultline: http:\/\/127\.0\.0\.1:1 does not answer: /);
  });
});

describe('serve', { timeout: 30_000 }, () => {
  it('prints the addresses, then ready; writes its configuration; ends at SIGTERM with 0', async () => {
    server = await serve(folder);
    expect(server.output.stdout).toBe(`ready ${server.url}\n`);
    const [, code] = /Sign in {2}\S+\/sign-in#code=(\S+)/.exec(server.output.stderr) ?? [];
    expect(server.output.stderr).toContain(`Submit   ${server.url}/submit`);
    expect(server.output.stderr).toContain(`Data     ${folder}`);
    const signedIn = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    expect(await signedIn.json()).toMatchObject({ name: 'admin' });
    expect(await server.stop()).toBe(0);
    const printed = await faultline(['config', '--data', folder, ...fewest]);
    expect(printed.code, 'the file of the first start is in order').toBe(0);
    server = null;
  });

  it('takes tokens and links that are made while it runs, or before', async () => {
    const make = ['token', 'create', '--data', folder, '--name', 'ci', '--permission', 'manage', ...fewest];
    const before = (await faultline(make)).stdout.trim();
    server = await serve(folder);
    const during = (await faultline(make)).stdout.trim();
    for (const token of [before, during]) {
      const response = await fetch(`${server.url}/api/v1/plugins`, { headers: { 'auth-token': token } });
      expect(response.status).toBe(200);
    }
    const link = await faultline(['login-link', '--data', folder, ...fewest]);
    expect(link.stdout).toMatch(new RegExp(`^${server.url}/sign-in#code=[\\w-]{43}\n$`));
    const plugins = await faultline(['plugins', '--data', folder]);
    expect(plugins.stdout).toMatch(/^storage-lmdb +active /m);
  });

  it('refuses a second server on its folder, and names the first', async () => {
    server = await serve(folder);
    const second = await faultline(['serve', '--data', folder, '--port', '0', ...fewest]);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^faultline: The data folder is in use by process \d+/m);
  });
});

describe('a start that can not be', { timeout: 30_000 }, () => {
  const start = (...args: string[]) => faultline(['serve', '--data', folder, '--port', '0', ...fewest, ...args]);

  it('for bad YAML names line and column', async () => {
    await writeFile(path.join(folder, 'faultline.yaml'), 'server:\n  port: 1\n port: 2\n');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/faultline\.yaml, line 3, column 1: /);
  });

  it('for an unknown setting offers the right one, with its line', async () => {
    await writeFile(path.join(folder, 'faultline.yaml'), '# mine\nserver:\n  hots: localhost\n');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/faultline\.yaml, line 3: there is no setting `server\.hots`\. Did you mean "host"\?/);
  });

  it('for an unknown section offers the right one', async () => {
    await writeFile(path.join(folder, 'faultline.yaml'), 'storage_lmdb:\n  size: 1\n');
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toContain('Did you mean "storage-lmdb"?');
  });

  it('for a folder that can not be written says so in one sentence', async () => {
    await writeFile(path.join(folder, 'a-file'), '');
    const { code, stderr } = await faultline(['serve', '--data', path.join(folder, 'a-file', 'data')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^faultline: The data folder \S+ can't be written \(\w+\)\. .*--data\.\n$/);
  });

  it('for a taken port says which, and leaves the folder free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await start('--port', String(port));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken`);
    server = await serve(folder);
  });

  it('for plain http beyond loopback says how', async () => {
    const { code, stderr } = await start('--host', '0.0.0.0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^faultline: Refusing to listen on 0\.0\.0\.0 in plain http.*server\.trustedProxies`\.\n$/);
  });
});

describe('looking at a folder', () => {
  it('config prints where each value comes from', async () => {
    await writeFile(path.join(folder, 'faultline.yaml'), 'log:\n  level: warn\n');
    const args = ['config', '--data', folder, '--json', '--set', 'server.port=8081', ...fewest];
    const { code, stdout } = await faultline(args, { FAULTLINE_SERVER_BASE_PATH: '/x', FAULTLINE_LOG_LEVEL: 'error' });
    expect(code).toBe(0);
    const settings = new Map((JSON.parse(stdout) as { name: string }[]).map((setting) => [setting.name, setting]));
    expect(settings.get('server.port')).toMatchObject({ value: 8081, source: 'command line', place: '--set' });
    expect(settings.get('server.basePath')).toMatchObject({
      source: 'environment',
      place: 'FAULTLINE_SERVER_BASE_PATH',
    });
    expect(settings.get('log.level')).toMatchObject({ value: 'error', source: 'environment' });
    expect(settings.get('server.host')).toMatchObject({ value: '127.0.0.1', source: 'default' });
  });

  it('doctor says what is wrong and what to do', async () => {
    await writeFile(path.join(folder, 'faultline.yaml'), 'server:\n  host: 0.0.0.0\n');
    const { code, stdout } = await faultline(['doctor', '--data', folder, ...fewest]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok {3}Node /m);
    expect(stdout).toMatch(/^BAD {2}Refusing to listen on 0\.0\.0\.0.*\n {5}Set `server\.tls`/m);
  });
});
