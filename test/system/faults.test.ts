import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

afterAll(cleanUp);

/** What an admin reads: one sentence, no stack trace. */
function expectSentence(stderr: string, ...words: (string | RegExp)[]): void {
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr).not.toMatch(/^\s+at .*\(?.*:\d+:\d+\)?$/m);
}

describe('a server that can’t start', () => {
  it('names the port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await faultline(['serve', '--data', temporaryFolder(), '--port', String(port)]);
    other.close();
    expect(code).not.toBe(0);
    expectSentence(stderr, String(port), /--port/);
  });

  it('names the data folder that it can’t write to', async () => {
    const file = path.join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await faultline(['serve', '--data', path.join(file, 'data'), '--port', '0']);
    expect(code).not.toBe(0);
    expectSentence(stderr, 'a-file', /--data|folder/);
  });

  it('names the holder of a folder that another server has', async () => {
    const first = await startServer();
    const { code, stderr } = await faultline(['serve', '--data', first.data, '--port', '0']);
    expect(code).not.toBe(0);
    expectSentence(stderr, String(first.pid));
    expect(await first.stop()).toBe(0);
    const second = await startServer({ data: first.data });
    expect(await second.stop(), 'the folder is free again').toBe(0);
  });

  it('takes over at once from a server that was killed', async () => {
    const first = await startServer();
    await first.kill();
    const second = await startServer({ data: first.data });
    expect(await second.stop()).toBe(0);
  });

  it.each([
    ['bad YAML', 'server:\n  port: [1\n', /faultline\.yaml/, /line \d/],
    ['an unknown key', 'server:\n  prot: 7070\n', /prot/, /port/],
    ['a wrong type', 'access:\n  anonymous: maybe\n', /access\.anonymous/],
    ['an unknown section', 'colector:\n  maxBodySize: 1\n', /colector/, /collector/],
  ])('says what is wrong with %s', async (_, yaml, ...words) => {
    const data = temporaryFolder();
    writeFileSync(path.join(data, 'faultline.yaml'), yaml);
    const { code, stderr } = await faultline(['serve', '--data', data, '--port', '0']);
    expect(code).not.toBe(0);
    expectSentence(stderr, ...words);
  });

  it('refuses to listen beyond loopback without TLS or a declared proxy, and says how', async () => {
    const { code, stderr } = await faultline([
      'serve',
      '--data',
      temporaryFolder(),
      '--host',
      '0.0.0.0',
      '--port',
      '0',
    ]);
    expect(code).not.toBe(0);
    expectSentence(stderr, /tls/i, /trustedProxies/);
  });
});

describe('a broken plugin', () => {
  it('costs itself and nothing else, and says what to do', async () => {
    const folder = path.join(temporaryFolder(), 'broken');
    mkdirSync(folder);
    const manifest = { id: 'broken', displayName: 'Broken', apiVersion: 1, entry: './index.js' };
    writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: 'broken', version: '1.0.0', type: 'module', faultline: manifest }),
    );
    writeFileSync(path.join(folder, 'index.js'), 'export default { activate() { throw new Error("no sugar"); } };');
    const server = await startServer({ args: ['--set', `plugins=${JSON.stringify([folder])}`] });
    const beat = await fetch(`${server.url}/__lbheartbeat__`);
    expect(beat.status).toBe(200);
    expect(server.log()).toContain('no sugar');
    expect(await server.stop()).toBe(0);
  });
});

describe('commands', () => {
  it('print help with 0, and say what is unknown with 2', async () => {
    const help = await faultline(['--help']);
    expect(help.code).toBe(0);
    for (const command of [
      'serve',
      'submit',
      'show',
      'stackwalk',
      'plugins',
      'config',
      'token',
      'login-link',
      'doctor',
    ]) {
      expect(help.stdout).toContain(command);
      expect((await faultline([command, '--help'])).code, `${command} --help`).toBe(0);
    }
    const unknown = await faultline(['sevre']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/serve/);
  });

  it('make a token and a link while the server runs and while it does not', async () => {
    const server = await startServer();
    const make = () => faultline(['token', 'create', '--data', server.data, '--name', 'script']);
    const link = () => faultline(['login-link', '--data', server.data]);
    const running = [await make(), await link()];
    expect(await server.stop()).toBe(0);
    const stopped = [await make(), await link()];
    for (const [token, url] of [running, stopped]) {
      expect(token).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{20,}\n$/) as string });
      expect(url).toMatchObject({ code: 0, stdout: expect.stringMatching(/\/sign-in#code=\S+/) as string });
    }
    const again = await startServer({ data: server.data });
    for (const [token] of [running, stopped]) {
      const answer = await fetch(`${again.url}/api/v1/session`, {
        headers: { 'auth-token': token?.stdout.trim() ?? '' },
      });
      expect(await answer.json()).toMatchObject({ kind: 'token', name: 'script' });
    }
    expect(await again.stop()).toBe(0);
  });

  it('doctor says what is well and what to do', async () => {
    const { code, stdout } = await faultline(['doctor', '--data', temporaryFolder()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/node/i);
    expect(stdout).toMatch(/GB are free/);
  });
});

describe('health', () => {
  it('asks store, bus, index and walker', async () => {
    const server = await startServer();
    const beat = await fetch(`${server.url}/__heartbeat__`);
    expect(beat.status).toBe(200);
    const version = (await (await fetch(`${server.url}/__version__`)).json()) as { version: string };
    expect(version.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await server.stop()).toBe(0);
  });
});
