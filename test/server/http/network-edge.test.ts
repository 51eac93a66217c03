import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { definePlugin, HttpRoute } from '@faultline/sdk';
import { startTestHost, type TestHost, type TestHostOptions, type TestPlugin } from '@faultline/server/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const certificates = fileURLToPath(new URL('../fixtures/tls', import.meta.url));

/** Says how the server sees a request. */
const mirror: TestPlugin = {
  manifest: { id: 'mirror', routes: ['/mirror'], contributes: { HttpRoute: [{ id: 'mirror/see' }] } },
  definition: definePlugin({
    activate: (context) =>
      void context.contribute(HttpRoute, {
        id: 'mirror/see',
        method: 'GET',
        path: '/mirror',
        summary: '',
        access: 'open',
        handle: ({ url, remoteAddress }) => ({ body: { url, remoteAddress } }),
      }),
  }),
};

let host: TestHost | null = null;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-edge-'));
});
afterEach(async () => {
  await host?.stop();
  host = null;
  await rm(folder, { recursive: true, force: true });
});

async function start(options: TestHostOptions): Promise<TestHost> {
  host = await startTestHost({ plugins: [mirror], dataFolder: folder, ...options });
  return host;
}

describe('listening', () => {
  it('beyond loopback in plain http is refused, with what to do', async () => {
    await expect(start({ config: { server: { host: '0.0.0.0' } } })).rejects.toMatchObject({
      code: 'BIND_INSECURE',
      hint: expect.stringMatching(/server\.tls.*server\.trustedProxies/) as string,
    });
  });

  it('beyond loopback is taken with a declared proxy', async () => {
    const { url } = await start({ config: { server: { host: '0.0.0.0', trustedProxies: ['10.0.0.0/8'] } } });
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  it('on a port that is taken names the port and another way', async () => {
    const { url } = await start({});
    const port = Number(new URL(url).port);
    await expect(startTestHost({ config: { server: { port } } })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)) as string,
      hint: expect.stringContaining('--port') as string,
    });
  });

  it('with a proxy that is no network is refused', async () => {
    await expect(start({ config: { server: { trustedProxies: ['ten.example'] } } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('a proxy', () => {
  const forwarded = {
    headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 127.0.0.1', 'x-forwarded-proto': 'https' },
  };

  it('that is trusted tells the client: the last hop that is no proxy of ours', async () => {
    const { fetch } = await start({ config: { server: { trustedProxies: ['127.0.0.1', '198.51.100.0/24'] } } });
    expect(await (await fetch('/mirror', forwarded)).json()).toMatchObject({ remoteAddress: '203.0.113.9' });
  });

  it('that is not trusted tells nothing', async () => {
    const { fetch } = await start({ config: { server: { trustedProxies: ['10.0.0.1'] } } });
    expect(await (await fetch('/mirror', forwarded)).json()).toMatchObject({ remoteAddress: '127.0.0.1' });
  });

  it('that brings TLS makes the cookie Secure and asks browsers for TLS', async () => {
    const { fetch } = await start({ config: { server: { trustedProxies: ['127.0.0.1'] } } });
    const response = await fetch('/api/v1/session', { method: 'DELETE', ...forwarded });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/);
    expect(response.headers.get('strict-transport-security')).toContain('max-age');
  });
});

describe('a base path', () => {
  const config = { server: { basePath: '/faultline/', publicUrl: 'https://tools.example.org/faultline/' } };

  it('stands before every route, and the route does not see it', async () => {
    const { fetch, url } = await start({ config });
    expect(url).toMatch(/\/faultline$/);
    expect(await (await fetch('/mirror?a=1')).json()).toMatchObject({ url: '/mirror?a=1' });
    const origin = new URL(url).origin;
    expect((await globalThis.fetch(`${origin}/mirror`)).status).toBe(404);
    expect((await globalThis.fetch(`${origin}/faultlinemirror`)).status).toBe(404);
  });

  it('does not keep load balancers from asking at the root', async () => {
    const { url } = await start({ config });
    expect((await fetch(`${new URL(url).origin}/__lbheartbeat__`)).status).toBe(200);
  });

  it('stands in the page, and in the path of the cookie', async () => {
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><head><base href="/" /></head>hello');
    const { fetch } = await start({ config, pageFolder: folder });
    const page = await fetch('/report/0001', { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<base href="/faultline/" />');
    expect(page.headers.get('content-security-policy')).toContain("base-uri 'self'");
    const signOut = await fetch('/api/v1/session', { method: 'DELETE' });
    expect(signOut.headers.get('set-cookie')).toContain('Path=/faultline/;');
  });
});

describe('files', () => {
  it('of the page are sent; views get the page; missing scripts do not', async () => {
    await mkdir(path.join(folder, 'page/assets'), { recursive: true });
    await writeFile(path.join(folder, 'page/index.html'), '<head><base href="/" /></head>the page');
    await writeFile(path.join(folder, 'page/assets/app-1a2b.js'), 'export {};');
    await writeFile(path.join(folder, 'secret.txt'), 'secret');
    const { fetch } = await start({ pageFolder: path.join(folder, 'page') });
    const script = await fetch('/assets/app-1a2b.js');
    expect(script.headers.get('content-type')).toContain('javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
    const html = { headers: { accept: 'text/html,*/*' } };
    expect(await (await fetch('/inbox', html)).text()).toContain('the page');
    expect((await fetch('/assets/gone.js')).status).toBe(404);
    expect((await fetch('/api/v1/nothing', html)).status).toBe(404);
    for (const way of ['/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%2e%2e/secret.txt']) {
      expect(await (await fetch(way)).text(), way).not.toBe('secret');
    }
  });

  it("of a plugin's panels are sent from its ui folder alone, and listed for the page", async () => {
    await mkdir(path.join(folder, 'hello/ui'), { recursive: true });
    await writeFile(path.join(folder, 'hello/ui/panel.js'), 'export function mount() {}');
    await writeFile(path.join(folder, 'hello/package.json'), '{}');
    const panel = { id: 'hello/panel', title: 'Hello', slot: 'report.tab' as const, module: 'panel.js' };
    const plugin: TestPlugin = {
      manifest: { id: 'hello', ui: './ui', contributes: { UiPanel: [panel] } },
      root: path.join(folder, 'hello'),
    };
    const { fetch } = await start({ plugins: [plugin] });
    const { panels } = (await (await fetch('/api/v1/panels')).json()) as { panels: { module: string }[] };
    expect(panels).toMatchObject([{ plugin: 'hello', id: 'hello/panel', module: '/plugin-ui/hello/panel.js' }]);
    expect(await (await fetch(panels[0]?.module ?? '')).text()).toContain('mount');
    expect((await fetch('/plugin-ui/hello/../package.json')).status).toBe(404);
    expect((await fetch('/plugin-ui/hello/%2e%2e/package.json')).status).toBe(404);
    expect((await fetch('/plugin-ui/nobody/panel.js')).status).toBe(404);
  });
});

describe('an own certificate', () => {
  const use = async (name: string): Promise<void> => {
    await copyFile(path.join(certificates, `${name}.test-only.key.pem`), path.join(folder, 'key.pem'));
    await copyFile(path.join(certificates, `${name}.test-only.cert.pem`), path.join(folder, 'cert.pem'));
  };
  const config = { server: { host: '0.0.0.0', tls: { cert: 'cert.pem', key: 'key.pem' } } };

  it('serves TLS with Secure cookies, and is read again when its files change', async () => {
    await use('first');
    const { url } = await start({ config, tlsInterval: 20 });
    expect(url).toMatch(/^https:/);
    const port = Number(new URL(url).port);
    const first = await overTls(port, 'DELETE /api/v1/session');
    expect(first.name).toBe('first.test');
    expect(first.answer).toMatch(/set-cookie: faultline_session=;.*; Secure\r\n/i);
    await use('second');
    await expect.poll(async () => (await overTls(port, 'GET /mirror')).name, { timeout: 5000 }).toBe('second.test');
  });

  it('that does not go with its key is refused by name', async () => {
    await use('first');
    await copyFile(path.join(certificates, 'second.test-only.key.pem'), path.join(folder, 'key.pem'));
    await expect(start({ config })).rejects.toMatchObject({ code: 'TLS_FILES_INVALID' });
  });
});

it('headers beyond 32 KB are refused', async () => {
  const { url } = await start({});
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /mirror HTTP/1.1\r\nx-long: ${'a'.repeat(40_000)}\r\n`);
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  expect(answer).toContain('431');
  socket.destroy();
});

/** The certificate's name and the raw answer. */
function overTls(port: number, request: string): Promise<{ name: string; answer: string }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', reject);
    socket.on('end', () => resolve({ name: String(socket.getPeerCertificate().subject.CN), answer }));
  });
}
