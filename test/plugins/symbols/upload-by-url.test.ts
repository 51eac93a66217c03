import { readdirSync } from 'node:fs';
import path from 'node:path';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSymbolServer, type SymbolServer } from './symbol-server.js';
import { symText, zipOf } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
let host: TestHost;
let closed: TestHost;
let build: SymbolServer;
let elsewhere: SymbolServer;

beforeAll(async () => {
  const zip = await zipOf({ [`app.so/${id}/app.so.sym`]: symText({ debugFile: 'app.so', debugId: id }) });
  elsewhere = await startSymbolServer({ '/app.zip': (_request, response) => void response.end(zip) });
  build = await startSymbolServer({
    '/artifacts/app.zip': (_request, response) => void response.end(zip),
    '/moved/app.zip': (_request, response) => void response.writeHead(302, { location: '/artifacts/app.zip' }).end(),
    '/out/app.zip': (_request, response) =>
      void response.writeHead(302, { location: `${elsewhere.url}/app.zip` }).end(),
    '/self/app.zip': (_request, response) => void response.writeHead(302, { location: '/self/app.zip' }).end(),
    '/big/app.zip': (_request, response) => void response.writeHead(200, { 'content-length': '9999999' }).write('PK'),
    '/cut/app.zip': (_request, response) => void response.end(zip.subarray(0, 60)),
    '/page/app.zip': (_request, response) => void response.end('<html>sign in</html>'),
  });
  const allowedHosts = [new URL(build.url).host];
  host = await startTestHost({
    plugins: ['symbols'],
    config: { symbols: { upload: { allowedHosts, maxSize: 100_000 } } },
  });
  closed = await startTestHost({ plugins: ['symbols'] });
});
afterAll(async () => {
  for (const each of [host, closed]) await each.stop();
  for (const each of [build, elsewhere]) await each.close();
});

async function upload(url: string, to = host) {
  const body = new URLSearchParams({ url });
  const response = await to.fetch('/upload/', { method: 'POST', body, as: ['upload_symbols'] });
  return { status: response.status, text: await response.text() };
}

describe('an upload by URL', () => {
  it('is fetched from a host that is allowed, over redirects within it', async () => {
    const { status, text } = await upload(`${build.url}/artifacts/app.zip`);
    expect(status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({
      upload: {
        filename: 'app.zip',
        download_url: `${build.url}/artifacts/app.zip`,
        stored_keys: [`app.so/${id}/app.so.sym`],
      },
    });
    expect(JSON.parse((await upload(`${build.url}/moved/app.zip`)).text)).toMatchObject({
      upload: { skipped_keys: [`app.so/${id}/app.so.sym`], redirect_urls: [`${build.url}/artifacts/app.zip`] },
    });
  });

  it.each<[string, () => string, number, string]>([
    ['of a host that is not allowed', () => `${elsewhere.url}/app.zip`, 403, 'Not an allowed domain'],
    ['that redirects to such a host', () => `${build.url}/out/app.zip`, 403, 'Not an allowed domain'],
    ['that redirects to itself', () => `${build.url}/self/app.zip`, 400, 'where it came from'],
    ['that is no zip by its name', () => `${build.url}/artifacts/app.tar`, 400, 'Unrecognized archive file extension'],
    ['that is no zip by its bytes', () => `${build.url}/page/app.zip`, 400, "can't be read"],
    ['that is not there', () => `${build.url}/none/app.zip`, 400, 'answered 404'],
    ['that is too large', () => `${build.url}/big/app.zip`, 413, 'larger than 100000 bytes'],
    ['that is cut off', () => `${build.url}/cut/app.zip`, 400, "can't be read"],
    ['that is no URL', () => 'app.zip', 400, 'Not a valid URL'],
    ['of a file', () => 'file:///etc/passwd.zip', 400, 'Not a valid URL'],
  ])('%s is refused', async (_name, url, status, words) => {
    expect(await upload(url())).toMatchObject({ status, text: expect.stringContaining(words) as string });
    expect(readdirSync(path.join(host.dataFolder, 'cache', 'symbols', 'uploads'))).toEqual([]);
  });

  it('is not taken unless a host is allowed', async () => {
    expect(await upload(`${build.url}/artifacts/app.zip`, closed)).toMatchObject({
      status: 415,
      text: expect.stringContaining('symbols.upload.allowedHosts') as string,
    });
  });
});
