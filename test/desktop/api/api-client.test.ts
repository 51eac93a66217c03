import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../../desktop/renderer/src/api/api-client.js';

function clientOf(answer: () => Response) {
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const client = new ApiClient('/crashes/', (input, init) => {
    asked.push({ url: String(input), init });
    return Promise.resolve(answer());
  });
  return { client, asked };
}

describe('ApiClient', () => {
  it('stays below the base path and leaves out what is empty', async () => {
    const { client, asked } = clientOf(() => Response.json({ groups: [] }));
    await client.groups({ q: 'a b', from: '', limit: 5 });
    await client.crash('../etc').catch(() => undefined);
    expect(asked.map((one) => one.url)).toEqual([
      '/crashes/api/v1/groups?q=a+b&limit=5',
      '/crashes/api/v1/crashes/..%2Fetc',
    ]);
  });

  it('sends the CSRF token with what changes something, and not with reads', async () => {
    const { client, asked } = clientOf(() => Response.json({}));
    client.csrfToken = 'secret';
    await client.get('version');
    await client.reprocess('x');
    const sent = asked.map((one) => (one.init?.headers as Record<string, string>)['x-faultline-csrf']);
    expect(sent).toEqual([undefined, 'secret']);
  });

  it('gives our errors with their code and hint, and tells when permission was refused', async () => {
    const body = { error: { code: 'NO', message: 'You may not.', hint: 'Ask.' } };
    const { client } = clientOf(() => Response.json(body, { status: 403 }));
    let refusals = 0;
    client.hooks = { onReachable: () => undefined, onRefused: () => (refusals += 1) };
    await expect(client.status()).rejects.toMatchObject({
      status: 403,
      code: 'NO',
      message: 'You may not.',
      hint: 'Ask.',
    });
    expect(refusals).toBe(1);
  });

  it('makes words of an answer that is not ours', async () => {
    const { client: proxy } = clientOf(() => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(proxy.status()).rejects.toMatchObject({
      code: 'HTTP_502',
      message: 'The server answered 502 Bad Gateway.',
    });
    const { client: portal } = clientOf(() => new Response('<html>please log in'));
    await expect(portal.status()).rejects.toMatchObject({ code: 'ANSWER_NOT_JSON' });
  });

  it('tells when the server does not answer, and when a request was only cancelled', async () => {
    const seen: boolean[] = [];
    const client = new ApiClient('/', () => Promise.reject(new TypeError('fetch failed')));
    client.hooks = { onReachable: (now) => seen.push(now), onRefused: () => undefined };
    await expect(client.status()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', isUnreachable: true });
    const cancelled = new ApiClient('/', () => Promise.reject(new DOMException('gone', 'AbortError')));
    cancelled.hooks = client.hooks;
    await expect(cancelled.status()).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([false]);
  });
});
