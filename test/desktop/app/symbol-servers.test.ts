import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsFile } from '../../../desktop/main/settings-file.js';
import { SymbolServers } from '../../../desktop/main/symbol-servers.js';

const debugId = '0123456789ABCDEF0123456789ABCDEF1';
const module = { codeFile: 'app.exe', debugFile: 'C:\\build\\app.pdb', debugId };
let folder: string;
let server: Server;
let url: string;
let asked: string[];
let answer: { status: number; body: string; headers?: Record<string, string> };
let now: number;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-symbol-servers-'));
  asked = [];
  now = 1_000_000;
  answer = { status: 200, body: `MODULE windows x86_64 ${debugId} app.pdb\n` };
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${String(request.headers['auth-token'])}`);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/symbols`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function servers({ token = null, quota = 1e9 }: { token?: string | null; quota?: number } = {}) {
  const settings = new SettingsFile(path.join(folder, 'settings.json'));
  const cache = path.join(folder, 'cache');
  return new SymbolServers({ settings, cache, quota, fetch, tokenFor: () => token, now: () => now });
}

describe('symbol servers that the app asks', () => {
  it('are asked once for a module: what came is kept', async () => {
    const asking = servers();
    expect(await asking.find(module)).toEqual({ file: null, attempts: [] });
    asking.add(url);
    const first = await asking.find(module);
    expect(first.file?.origin).toBe(`${url}/app.pdb/${debugId}/app.sym`);
    expect(readFileSync(first.file?.path ?? '', 'utf8')).toBe(answer.body);
    expect(await asking.find(module)).toMatchObject({ file: first.file, attempts: [{ status: 'found' }] });
    expect(asked).toEqual([`GET /symbols/app.pdb/${debugId}/app.sym undefined`]);
    expect(servers().list()).toMatchObject([{ url: `${url}/` }]);
  });

  it('are left alone for a while when they have nothing, and say how they refuse', async () => {
    const asking = servers();
    asking.add(url);
    answer = { status: 404, body: '' };
    expect((await asking.find(module)).attempts).toMatchObject([{ status: 'not-found', reason: 'HTTP 404' }]);
    await asking.find(module);
    expect(asked).toHaveLength(1);
    now += 6 * 60_000;
    answer = { status: 403, body: '' };
    expect((await asking.find(module)).attempts).toMatchObject([{ status: 'denied' }]);
    answer = { status: 500, body: '' };
    expect((await asking.find(module)).attempts).toMatchObject([{ status: 'unavailable' }]);
    expect(asked).toHaveLength(3);
  });

  it('get the token of a server that the app knows, and pass it on to nobody', async () => {
    const asking = servers({ token: 'secret-token' });
    asking.add(url);
    answer = { status: 302, body: '', headers: { location: `${url}/elsewhere` } };
    const { file, attempts } = await asking.find(module);
    expect([file, attempts[0]?.status]).toEqual([null, 'unavailable']);
    expect(asked).toEqual([`GET /symbols/app.pdb/${debugId}/app.sym secret-token`]);
  });

  it('keep within a quota, the oldest going first', async () => {
    const asking = servers({ quota: 60 });
    asking.add(url);
    const first = await asking.find(module);
    now += 1000;
    const second = await asking.find({ ...module, debugId: 'F'.repeat(33) });
    expect(existsSync(second.file?.path ?? '')).toBe(true);
    expect(existsSync(first.file?.path ?? '')).toBe(false);
  });

  it('are http addresses without a password', () => {
    for (const bad of ['nonsense', 'file:///etc/', 'https://me:pw@example.org/']) {
      expect(() => servers().add(bad), bad).toThrowError(expect.objectContaining({ code: 'SYMBOL_SERVER_URL' }));
    }
  });
});
