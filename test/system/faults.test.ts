import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cleanUp,
  faultline,
  startServer,
  temporaryFolder,
  type CommandResult,
  type RunningServer,
} from './server-process.js';

afterAll(cleanUp);

/** What an admin reads: one sentence, no stack trace. */
function expectSentence(stderr: string, ...words: (string | RegExp)[]): void {
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr).not.toMatch(/^\s+at .*\(?.*:\d+:\d+\)?$/m);
}

describe.concurrent('a server that can’t start', () => {
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

/** Loads everything and then fails. */
function brokenPlugin(): string {
  const folder = path.join(temporaryFolder(), 'broken');
  mkdirSync(folder);
  const manifest = { id: 'broken', displayName: 'Broken', apiVersion: 1, entry: './index.js' };
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'broken', version: '1.0.0', type: 'module', faultline: manifest }),
  );
  writeFileSync(path.join(folder, 'index.js'), 'export default { activate() { throw new Error("no sugar"); } };');
  return folder;
}

describe('a server', () => {
  const make = (data: string) =>
    Promise.all([
      faultline(['token', 'create', '--data', data, '--name', 'script']),
      faultline(['login-link', '--data', data]),
    ]);
  let server: RunningServer;
  const tokens: string[] = [];
  const expectTokenAndLink = ([token, url]: CommandResult[]) => {
    expect(token).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{20,}\n$/) as string });
    expect(url).toMatchObject({ code: 0, stdout: expect.stringMatching(/\/sign-in#code=\S+/) as string });
    tokens.push(token?.stdout.trim() ?? '');
  };
  beforeAll(async () => {
    server = await startServer({ args: ['--set', `plugins=${JSON.stringify([brokenPlugin()])}`] });
  });

  it('loses to a broken plugin that plugin and nothing else, and says what is wrong', async () => {
    const beat = await fetch(`${server.url}/__lbheartbeat__`);
    expect(beat.status).toBe(200);
    expect(server.log()).toContain('no sugar');
  });

  it('asks store, bus, index and walker for their health', async () => {
    const beat = await fetch(`${server.url}/__heartbeat__`);
    expect(beat.status).toBe(200);
    const version = (await (await fetch(`${server.url}/__version__`)).json()) as { version: string };
    expect(version.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('has its folder to itself, and is named to whoever wants it', async () => {
    const { code, stderr } = await faultline(['serve', '--data', server.data, '--port', '0']);
    expect(code).not.toBe(0);
    expectSentence(stderr, String(server.pid));
  });

  it('gives tokens and links from the command line, and so does its folder when it is stopped', async () => {
    expectTokenAndLink(await make(server.data));
    expect(await server.stop()).toBe(0);
    expectTokenAndLink(await make(server.data));
  });

  it('has the folder of one that was stopped, with its tokens', async () => {
    server = await startServer({ data: server.data });
    for (const token of tokens) {
      const answer = await fetch(`${server.url}/api/v1/session`, { headers: { 'auth-token': token } });
      expect(await answer.json()).toMatchObject({ kind: 'token', name: 'script' });
    }
  });

  it('takes over at once from one that was killed', async () => {
    await server.kill();
    server = await startServer({ data: server.data });
    expect(await server.stop()).toBe(0);
  });
});

describe.concurrent('commands', () => {
  const named = ['serve', 'submit', 'show', 'stackwalk', 'plugins', 'config', 'token', 'login-link', 'doctor'];

  it('print help with 0', async () => {
    const help = await faultline(['--help']);
    expect(help.code).toBe(0);
    expect(named.filter((command) => !help.stdout.includes(command))).toEqual([]);
    const codes = await Promise.all(named.map(async (command) => (await faultline([command, '--help'])).code));
    expect(codes).toEqual(named.map(() => 0));
  });

  it('say what is unknown with 2', async () => {
    const unknown = await faultline(['sevre']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/serve/);
  });

  it('doctor says what is well and what to do', async () => {
    const { code, stdout } = await faultline(['doctor', '--data', temporaryFolder()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/node/i);
    expect(stdout).toMatch(/GB are free/);
  });
});
