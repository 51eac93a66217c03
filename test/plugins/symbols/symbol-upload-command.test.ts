import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { runCommand, startTestHost, type TestHost } from '@faultline/server/testing';
import { SymbolUploadList } from '@faultline/sdk/api';
import type { CliServer } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as command from '../../../plugins/symbols/src/cli/symbols-upload.js';
import { sendAnnounced, type SendOutcome } from '../../../plugins/symbols/src/cli/send-announced.js';
import { elf } from '../../sdk/symbols/debug-file-bytes.js';
import { symText, zipOf } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
let host: TestHost;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  host = await startTestHost({ plugins: ['symbols'] });
  const token = await host.createToken({ permissions: ['upload_symbols'], validFor: null });
  env = { FAULTLINE_URL: host.url, FAULTLINE_TOKEN: token };
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-test-'));
  mkdirSync(path.join(folder, 'deep', 'er'), { recursive: true });
  writeFileSync(path.join(folder, 'named-anyhow.sym'), symText({ debugFile: 'app.pdb', debugId: id }));
  writeFileSync(path.join(folder, 'deep', 'er', 'packed.sym'), gzipSync(symText({ debugFile: 'lib.so', debugId: id })));
  writeFileSync(path.join(folder, 'deep', 'readme.txt'), 'no symbols');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await host.stop();
});

const upload = (...args: string[]) => runCommand(command, args, { env, cwd: folder });

describe('faultline symbols upload', () => {
  it('uploads the symbol files of a folder by what they are for, and nothing twice', async () => {
    const first = await upload('.');
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 stored .*, 0 there already, 0 failed\n$/) as string,
    });
    expect(first.stderr).toContain(`app.pdb/${id}/app.sym`);
    for (const place of [`/app.pdb/${id}/app.sym`, `/lib.so/${id}/lib.so.sym`]) {
      expect((await host.fetch(place)).status).toBe(200);
    }
    expect((await upload('.', '--quiet')).stdout).toMatch(/^0 stored .*, 2 there already, 0 failed\n$/);
  });

  it('uploads files of many megabytes as they are', async () => {
    const rows = Array.from({ length: 150_000 }, (_, row) => `PUBLIC ${row.toString(16)} 0 function_${row}\n`).join('');
    const text = symText({ debugFile: 'large.so', debugId: id }) + rows;
    mkdirSync(path.join(folder, 'large'));
    writeFileSync(path.join(folder, 'large', 'large.so.sym'), text);
    expect((await upload('large')).stdout).toMatch(/^1 stored/);
    expect(await (await host.fetch(`/large.so/${id}/large.so.sym`)).text()).toBe(text);
    rmSync(path.join(folder, 'large'), { recursive: true });
  });

  it('uploads the rest when one file can not be used, and says which', async () => {
    writeFileSync(path.join(folder, 'broken.sym'), '<html>');
    writeFileSync(path.join(folder, 'new.sym'), symText({ debugFile: 'new.so', debugId: id }));
    const outcome = await upload('.');
    expect(outcome).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^1 stored .*, 2 there already, 1 failed\n$/) as string,
    });
    expect(outcome.stderr).toContain('broken.sym: it does not begin with a MODULE record');
    rmSync(path.join(folder, 'broken.sym'));
  });

  it('sends what a zip has one by one, and leaves out what the server has', async () => {
    const packed = gzipSync(symText({ debugFile: 'packed.so', debugId: id }));
    const buildId = 'aabbccddeeff00112233';
    const zip = await zipOf({
      [`zip.so/${id}/zip.so.sym`]: symText({ debugFile: 'zip.so', debugId: id }),
      'anywhere/packed.sym': packed,
      'bin/program': elf({ buildId, debug: true }),
      [`app.pdb/${id}/app.pd_`]: 'packed by Microsoft',
      LICENSE: 'no symbols',
      'page.sym': '<html>',
    });
    writeFileSync(path.join(folder, 'symbols.zip'), zip);
    const first = await upload('symbols.zip');
    expect(first).toMatchObject({ code: 1, stdout: expect.stringMatching(/^4 stored .*, 0 there already, 1 failed/) });
    expect(first.stderr).toContain('symbols.zip: page.sym: it does not begin with a MODULE record');
    expect(first.stderr).toMatch(/^\[4\/6\] /m);
    for (const place of [`packed.so/${id}/packed.so.sym`, `program/${buildId}/program`, `app.pdb/${id}/app.pd_`])
      expect((await host.fetch(`/${place}`)).status).toBe(200);
    expect((await upload('symbols.zip')).stdout).toMatch(/^0 stored .*, 4 there already, 1 failed/);
    writeFileSync(path.join(folder, 'symbols.zip'), 'nothing');
    expect((await upload('symbols.zip')).stderr).toContain("can't be read");
  });

  it('says what is missing', async () => {
    mkdirSync(path.join(folder, 'empty'));
    expect(await upload('empty')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('native debug file') as string,
    });
    expect((await upload()).code).toBe(2);
    expect((await runCommand(command, ['.'], { env: { ...env, FAULTLINE_TOKEN: 'wrong' }, cwd: folder })).code).toBe(1);
  });
});

describe('sending announced files', () => {
  const file = (name: string) => ({
    ...{ name, key: name, isText: true, isPacked: true, size: 1, md5: '' },
    open: () => Readable.from([Buffer.from('x')]),
  });
  /** @param answers by place, one after the other: a status, or null for no answer */
  function client(answers: Record<string, (number | null)[]>) {
    const asked: string[] = [];
    const ended: [string, SendOutcome][] = [];
    const server: CliServer = {
      json: () =>
        Promise.resolve({
          files: ['a', 'b'].map((key) => ({ key, action: { type: 'upload', url: `http://y/upload/v2/${key}` } })),
        }),
      fetch(place) {
        asked.push(place);
        const status = answers[place]?.shift() ?? null;
        if (status === null)
          return Promise.reject(new FaultlineError('Unavailable', 'SERVER_UNREACHABLE', 'no answer'));
        return Promise.resolve(new Response(JSON.stringify({ error: `status ${status}` }), { status }));
      },
    };
    const send = () =>
      sendAnnounced([file('a'), file('b')], {
        ...{ server, isTry: false, signal: new AbortController().signal, pause: 1 },
        onEnd: ({ name }, outcome) => ended.push([name, outcome]),
        onPart: () => undefined,
      });
    return { asked, ended, send };
  }

  it('is tried again where the server failed, and not where it refused', async () => {
    const { asked, ended, send } = client({
      '/upload/v2/a': [null, 503, 429, 200],
      '/upload/v2/b': [400],
      '/api/v1/version': [200],
    });
    await send();
    expect(ended).toEqual([
      ['b', { state: 'failed', reason: 'status 400' }],
      ['a', { state: 'stored' }],
    ]);
    expect(asked.filter((place) => place === '/upload/v2/a')).toHaveLength(4);
  });

  it('ends when nobody answers any more', async () => {
    const { asked, send } = client({ '/upload/v2/a': [], '/upload/v2/b': [503, 503, 503, 503] });
    await expect(send()).rejects.toMatchObject({ code: 'UPLOAD_SERVER_GONE', message: 'no answer' });
    expect(asked).toContain('/api/v1/version');
  });
});

describe('an announced upload', () => {
  const announce = (files: unknown, as: readonly 'upload_symbols'[] = ['upload_symbols']) =>
    host.fetch('/upload/v2/', {
      method: 'POST',
      as,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ files }),
    });
  const text = symText({ debugFile: 'v2.so', debugId: id });
  const file = {
    key: `v2.so/${id}/v2.so.sym`,
    size: text.length,
    md5_hash: createHash('md5').update(text).digest('hex'),
  };

  it('tells each file what to do, and takes what was announced at its address alone', async () => {
    const answer = (await (await announce([file, { ...file, key: '../x' }, { ...file, md5_hash: 'x' }])).json()) as {
      files: { action: { type: string; url?: string; msg?: string } }[];
    };
    expect(answer.files.map(({ action }) => [action.type, action.msg])).toEqual([
      ['upload', undefined],
      ['error', 'invalid key'],
      ['error', 'invalid MD5 hex digest'],
    ]);
    const url = answer.files[0]?.action.url ?? '';
    const put = (address: string, body: string) => fetch(address, { method: 'PUT', body });
    expect((await put(url, `${text}PUBLIC 1 0 more\n`)).status).toBe(400);
    expect((await put(url.replace('v2.so.sym', 'other.sym'), text)).status).toBe(400);
    expect((await put(url.replace(/secret=./, 'secret='), text)).status).toBe(403);
    const ofList = async () => {
      const { uploads } = SymbolUploadList.parse(
        await (await host.fetch('/api/v1/symbols/uploads', { as: [] })).json(),
      );
      return uploads[0];
    };
    expect(await ofList()).toMatchObject({ name: file.key, announced: 1, stored: 0, completedAt: null });
    expect(await (await put(url, text)).json()).toEqual({ outcome: 'stored' });
    const differs = { key: file.key, reason: 'it is not the file that was announced: size or MD5 differ' };
    expect(await ofList()).toMatchObject({ stored: 1, rejected: [{ key: '../x' }, { key: file.key }, differs] });
    expect((await ofList())?.completedAt).not.toBeNull();
    expect(await (await put(url, text)).json()).toEqual({ outcome: 'same' });
    const again = (await (await announce([file])).json()) as { files: { action: object }[] };
    expect(again.files[0]?.action).toEqual({ type: 'skip' });
  });

  it.each([
    [{ key: 1 }, 'malformed JSON request body'],
    ['x', 'malformed JSON request body'],
    [Array.from({ length: 1025 }, () => file), 'too many files'],
  ])('of another shape is refused: %#', async (files, error) => {
    const response = await announce(files);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });
});
