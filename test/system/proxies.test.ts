/**
 * The examples in packaging/proxy, as they stand but for names, ports and certificates, before a real server: nginx
 * here, `proxies.long.test.ts` has Caddy too.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const base = '/crashes';

interface Proxy {
  name: string;
  program: string;
  /** Writes its files to the folder; the words that start it in the foreground. */
  prepare(folder: string, ports: { proxy: number; server: string }): string[];
}

const read = (name: string): string => readFileSync(path.join('packaging', 'proxy', name), 'utf8');

const proxies: Proxy[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    prepare(folder, { proxy, server }) {
      const site = read('nginx.conf')
        .replace('listen 443 ssl;', `listen 127.0.0.1:${proxy};`)
        .replace(/^ *ssl_certificate.*$/gm, '')
        .replace('127.0.0.1:7070', server);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path ${folder}/${kind};`,
      );
      const whole = `daemon off; pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${temporary.join(' ')}\n${site}\n}`;
      writeFileSync(path.join(folder, 'nginx.conf'), whole);
      return ['-p', folder, '-c', path.join(folder, 'nginx.conf')];
    },
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    prepare(folder, { proxy, server }) {
      const site = read('Caddyfile')
        .replace('crashes.example.org {', `http://127.0.0.1:${proxy} {`)
        .replace('127.0.0.1:7070', server);
      const file = path.join(folder, 'Caddyfile');
      writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}\n${site}`);
      return ['run', '--config', file, '--adapter', 'caddyfile'];
    },
  },
];

let server: RunningServer;
let token: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  const settings = [`server.basePath=${base}`, 'server.trustedProxies=["127.0.0.1"]'];
  server = await startServer({ args: settings.flatMap((each) => ['--set', each]) });
  token = (
    await faultline(['token', 'create', '--data', server.data, '--name', 'proxy', '--permission', 'manage'])
  ).stdout.trim();
});
afterAll(async () => {
  // Asked to, nginx takes its workers along; killed, it leaves them behind.
  await Promise.all(
    children
      .filter(({ exitCode }) => exitCode === null)
      .map((child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return ended;
      }),
  );
  await server.stop();
  cleanUp();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The proxy, once it takes connections; its address with the base path. */
async function start({ program, prepare }: Proxy): Promise<string> {
  const folder = path.join(temporaryFolder(), 'proxy');
  mkdirSync(folder);
  const port = await freePort();
  const child = spawn(program, prepare(folder, { proxy: port, server: new URL(server.url).host }), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  for (let tries = 0; tries < 100; tries++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen && child.exitCode === null) return `http://127.0.0.1:${port}${base}`;
    await pause(50);
  }
  throw new Error(`${program} did not start:\n${said}`);
}

const wanted = process.env['FAULTLINE_PROXIES'] ?? 'nginx';
for (const proxy of proxies.filter(({ name }) => wanted.includes(name))) {
  const isThere = existsSync(proxy.program);
  if (!isThere) process.stderr.write(`SKIPPED: the example for ${proxy.name}, no ${proxy.program}\n`);

  describe.skipIf(!isThere)(`behind ${proxy.name}, below a path`, () => {
    let url: string;
    beforeAll(async () => {
      url = await start(proxy);
    });

    it('a chunked post, early refusals, events and all the rest come through', async () => {
      const words = ['selftest', '--url', url, '--token', token, '--json', '--patience', '60', '--timeout', '40'];
      const { code, stdout, stderr } = await faultline(words, { patience: 110_000 });
      expect([code, stderr], stdout).toEqual([0, '']);
      const lines = stdout.trim().split('\n');
      const verdicts = lines.map((line) => JSON.parse(line) as { check: string; outcome: string; what: string });
      expect(verdicts.filter(({ outcome }) => outcome !== 'ok').map(({ check }) => check)).toEqual([
        'discards by its throttle rules',
      ]);
    });

    it('the limit of a body is that of the server, for a post of known length and for a chunked one', async () => {
      const limit = 25 * 1024 * 1024;
      const form = (size: number): Blob => {
        const head = '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n';
        const tail = '\r\n--x\r\nContent-Disposition: form-data; name="ProductName"\r\n\r\nBig\r\n--x--\r\n';
        return new Blob([head, new Uint8Array(size - head.length - tail.length), tail]);
      };
      const send = (body: Blob | ReadableStream): Promise<number> =>
        fetch(`${url}/submit`, {
          method: 'POST',
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
          body,
          duplex: 'half',
        } as RequestInit).then(
          async (response) => {
            await response.arrayBuffer();
            return response.status;
          },
          // A client that still sends may see the end of the connection before the answer.
          () => 413,
        );
      expect(await send(form(limit))).toBe(200);
      expect(await send(form(limit + 1))).toBe(413);
      expect(await send(form(limit).stream())).toBe(200);
      expect(await send(form(limit + 1).stream())).toBe(413);
    });

    it('the server knows whom it speaks to, and by which name', async () => {
      const response = await fetch(`${url}/api/v1/session/ways`);
      expect(response.status).toBe(200);
      const page = await (await fetch(`${url}/`)).text();
      expect(page).toContain(`<base href="${base}/"`);
      const moved = await fetch(`${url}/report/index/bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122`, { redirect: 'manual' });
      expect(moved.headers.get('location')).toBe(`${base}/report/3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122`);
    });
  });
}
