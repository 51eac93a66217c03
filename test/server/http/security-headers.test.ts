import { connect } from 'node:net';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let host: TestHost;

beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.stop());

/** Sends bytes that no client library would. */
async function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(host.url);
  const socket = connect(Number(port), hostname);
  socket.end(request);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('every answer', () => {
  it.each(['/', '/api/v1/session', '/api/v1/nothing', '/nothing.js', '/api/v1/users'])(
    'carries the headers that keep a browser safe: %s',
    async (path) => {
      const { headers } = await host.fetch(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
      expect(policy).toMatch(/object-src 'none'/);
      expect(policy).toMatch(/frame-ancestors 'none'/);
      expect(policy).not.toMatch(/script-src[^;]*'unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.has('x-powered-by')).toBe(false);
    },
  );
});

describe('hostile requests', () => {
  it.each([
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/..%2f..%2fpackage.json',
    '/plugin-ui/x/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/plugin-ui/%00/x.js',
    '/%ff%fe',
  ])('leave the folders that are served: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404|503)/);
    expect(answer).not.toMatch(/root:|"workspaces"/);
  });

  it('put no header of their own into an answer', async () => {
    const paths = [
      '/api/v1/nothing%0d%0aset-cookie:%20faultline_session=x',
      '/api/v1/session?next=%0d%0aset-cookie:x',
      '/x%0aset-cookie:y',
    ];
    for (const path of paths) {
      const [head = ''] = (await raw(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)).split(
        '\r\n\r\n',
      );
      expect(head).not.toMatch(/^set-cookie/im);
    }
  });

  it('are refused with a header that is no header, or two bodies', async () => {
    const forged = await raw('GET / HTTP/1.1\r\nHost: a\r\nAuth-Token: x\u0001y\r\nConnection: close\r\n\r\n');
    expect(forged).toMatch(/^HTTP\/1\.1 (400|403)/);
    const smuggled =
      'POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await raw(smuggled)).toMatch(/^HTTP\/1\.1 400/);
  });
});
