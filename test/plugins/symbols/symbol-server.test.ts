import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { SymbolFileList, SymbolStoreStatus, SymbolUploadList } from '@faultline/sdk/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { symText, zipOf } from './symbol-zip.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const codeId = 'ABCDEF0123';
const text = symText({ debugFile: 'app.pdb', debugId: id, codeId, codeFile: 'app.exe' });

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({
    plugins: ['symbols'],
    config: { symbols: { upload: { maxSize: 3_000_000, refusedNames: ['qcom_prop'] } } },
  });
});
afterAll(() => host.stop());

interface UploadAnswer {
  error?: string;
  upload?: {
    id: string;
    skipped_keys: string[];
    stored_keys: string[];
    rejected_keys: { key: string; reason: string }[];
  };
}

async function upload(
  zip: Uint8Array,
  options: { field?: string; fields?: Record<string, string>; path?: string } = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options.fields ?? {})) form.append(name, value);
  form.append(options.field ?? 'symbols.zip', new Blob([new Uint8Array(zip)]), 'any');
  const response = await host.fetch(options.path ?? '/upload/', { method: 'POST', body: form, as: ['upload_symbols'] });
  return { status: response.status, body: (await response.json()) as UploadAnswer };
}

const get = (place: string, init: Parameters<TestHost['fetch']>[1] = {}) =>
  host.fetch(place, { redirect: 'manual', ...init });

describe('an upload of symbols', () => {
  it('is stored, listed, and not stored again when it comes once more', async () => {
    const zip = await zipOf({
      [`app.pdb/${id}/app.sym`]: text,
      'build-symbols.txt': 'a list',
      'app.pdb/.DS_Store': 'x',
    });
    expect(await upload(zip)).toMatchObject({
      status: 201,
      body: { upload: { stored_keys: [`app.pdb/${id}/app.sym`], skipped_keys: [], rejected_keys: [] } },
    });
    expect((await upload(zip)).body.upload).toMatchObject({ stored_keys: [], skipped_keys: [`app.pdb/${id}/app.sym`] });
    const list = SymbolFileList.parse(await (await host.fetch('/api/v1/symbols/files?text=APP', { as: [] })).json());
    expect(list.files).toMatchObject([
      { key: `app.pdb/${id}/app.sym`, size: text.length, codeFile: 'app.exe', codeId },
    ]);
    const { uploads } = SymbolUploadList.parse(await (await host.fetch('/api/v1/symbols/uploads', { as: [] })).json());
    expect(uploads).toMatchObject([
      { stored: 0, skipped: 1 },
      { stored: 1, skipped: 0 },
    ]);
    expect(uploads.every(({ completedAt }) => completedAt !== null)).toBe(true);
  });

  it('takes symbol files that are gzip already, and lower-case ids', async () => {
    const { body } = await upload(
      await zipOf({ [`gz.so/${id.toLowerCase()}/gz.so.sym`]: gzipSync(symText({ debugFile: 'gz.so', debugId: id })) }),
    );
    expect(body.upload?.stored_keys).toEqual([`gz.so/${id}/gz.so.sym`]);
    expect(await (await get(`/gz.so/${id}/gz.so.sym`)).text()).toContain('FUNC 1000 20 0 work');
  });

  it('stores what can be used of it, and says what is wrong with the rest', async () => {
    const other = '1234567890ABCDEF1234567890ABCDEF0';
    const { status, body } = await upload(
      await zipOf({
        [`good.so/${other}/good.so.sym`]: symText({ debugFile: 'good.so', debugId: other }),
        [`wrong.so/${other}/wrong.so.sym`]: symText({ debugFile: 'right.so', debugId: id }),
        [`page.so/${other}/page.so.sym`]: '<html>Please sign in</html>',
        [`cut.so/${other}/cut.so.sym`]: gzipSync(symText({ debugFile: 'cut.so', debugId: other })).subarray(0, 40),
      }),
    );
    expect(status).toBe(201);
    expect(body.upload?.stored_keys).toEqual([`good.so/${other}/good.so.sym`]);
    expect(body.upload?.rejected_keys).toEqual(
      expect.arrayContaining([
        { key: `wrong.so/${other}/wrong.so.sym`, reason: `it is for right.so/${id}` },
        { key: `page.so/${other}/page.so.sym`, reason: 'it does not begin with a MODULE record' },
        { key: `cut.so/${other}/cut.so.sym`, reason: 'its gzip is damaged' },
      ]),
    );
    expect((await get(`/page.so/${other}/page.so.sym`)).status).toBe(404);
  });

  it.each([
    ['a member that leads out of the folder', { '../../etc/x.sym': text }, 400, /elsewhere/],
    ['an id that is none', { 'app.pdb/../app.sym': text }, 400, /elsewhere/],
    ['too few parts', { 'app.sym': text }, 400, /debug file/],
    ['a name no file may have', { [`a"b.pdb/${id}/x.sym`]: text }, 400, /can't be stored/],
    ['a name of many kilobytes', { [`${'a'.repeat(60_000)}/${id}/x.sym`]: text }, 400, /can't be stored/],
    ['a name that is refused here', { [`qcom_proprietary/${id}/x.sym`]: text }, 400, /"qcom_prop" is refused/],
    ['nothing in it', { 'x-symbols.txt': 'list' }, 400, /no symbol file/],
    ['only what can not be used', { [`app.pdb/${id}0/app.sym`]: 'MODULE nothing' }, 400, /No file could be used/],
  ])('is refused with %s, and nothing of it is stored', async (_, members, status, words) => {
    const before = SymbolFileList.parse(await (await host.fetch('/api/v1/symbols/files', { as: [] })).json());
    // yazl refuses bad names, as it should: they are written into the finished zip.
    const plain = Object.fromEntries(
      Object.entries(members).map(([name, content]) => [name.replace(/[./"]/g, '_'), content]),
    );
    const zip = await zipOf(plain, { compress: false });
    for (const name of Object.keys(members)) replaceAll(zip, name.replace(/[./"]/g, '_'), name);
    const answer = await upload(zip);
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(words)]);
    const after = SymbolFileList.parse(await (await host.fetch('/api/v1/symbols/files', { as: [] })).json());
    expect(after.files).toEqual(before.files);
  });

  it('stores the rest when a file of it is damaged, or is not as large as the zip says', async () => {
    const whole = '1234567890ABCDEF1234567890ABCDEF1';
    const membersOf = (texts: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(texts).map(([name, more]) => [
          `${name}.so/${whole}/${name}.so.sym`,
          `${symText({ debugFile: `${name}.so`, debugId: whole })}PUBLIC 1 0 mark_${name}${more}\n`,
        ]),
      );
    const flipped = await zipOf(membersOf({ good: '', bit: '', large: 'x'.repeat(200_000) }), { compress: false });
    replaceAll(flipped, 'mark_bit', 'mark_bot');
    replaceAll(flipped, `mark_large${'x'.repeat(9)}`, `mark_large${'y'.repeat(9)}`);
    const lying = await zipOf(membersOf({ fine: '', less: '', more: '' }));
    // The size of what is unpacked, in the directory at the zip's end.
    for (const [name, more] of [
      ['less', -10],
      ['more', 10],
    ] as const) {
      const at = lying.lastIndexOf(`${name}.so/`) - 46 + 24;
      lying.writeUInt32LE(lying.readUInt32LE(at) + more, at);
    }
    const parts = (keys: readonly string[] = []) => keys.map((key) => key.split('.')[0]).sort();
    for (const [zip, kept, refused] of [
      [flipped, ['good'], ['bit', 'large']],
      [lying, ['fine'], ['less', 'more']],
    ] as const) {
      const { status, body } = await upload(zip);
      expect([status, parts(body.upload?.stored_keys)]).toEqual([201, kept]);
      const rejected = body.upload?.rejected_keys ?? [];
      expect(parts(rejected.map(({ key }) => key))).toEqual(refused);
      for (const { reason } of rejected) expect(reason).toMatch(/^it is damaged in the zip: /);
    }
  });

  it('that is refused or cut stands in the list with the reason, and leaves no bytes behind', async () => {
    await upload(await zipOf({ 'app.sym': text }));
    const last = async () => {
      const list = SymbolUploadList.parse(await (await host.fetch('/api/v1/symbols/uploads', { as: [] })).json());
      return list.uploads[0];
    };
    expect(await last()).toMatchObject({ stored: 0, problem: expect.stringContaining('app.sym') as string });
    expect((await last())?.completedAt).not.toBeNull();
    const uploads = path.join(host.dataFolder, 'cache', 'symbols', 'uploads');
    const token = await host.createToken({ permissions: ['upload_symbols'], validFor: null });
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    const head = '--b\r\ncontent-disposition: form-data; name="a.zip"; filename="a.zip"\r\n\r\n';
    socket.write(
      `POST /upload/ HTTP/1.1\r\nhost: x\r\nauth-token: ${token}\r\ncontent-length: 1000000\r\n` +
        `content-type: multipart/form-data; boundary=b\r\n\r\n${head}${'x'.repeat(200_000)}`,
    );
    await expect.poll(() => readdirSync(uploads).length, { timeout: 10_000 }).toBe(1);
    socket.destroy();
    await expect.poll(() => readdirSync(uploads), { timeout: 10_000 }).toEqual([]);
  });

  it('of one file by two people with different content leaves file and record of the same', async () => {
    const texts = [1, 2, 3, 4].map((n) => `${symText({ debugFile: 'race.so', debugId: id })}PUBLIC ${n} 0 n${n}\n`);
    const zips = await Promise.all(texts.map((one) => zipOf({ [`race.so/${id}/race.so.sym`]: one })));
    await Promise.all(zips.map((zip) => upload(zip)));
    const given = await get(`/race.so/${id}/race.so.sym`);
    expect(given.status).toBe(200);
    expect(texts).toContain(await given.text());
  });

  it('is refused when it is no zip, cut off, a bomb, too large, or has another name', async () => {
    const zip = await zipOf({ [`app.pdb/${id}/app.sym`]: text });
    expect(await upload(Buffer.from('not a zip'))).toMatchObject({
      status: 400,
      body: { error: /can't be read/ as never },
    });
    expect((await upload(zip.subarray(0, zip.length - 30))).body.error).toMatch(/can't be read/);
    expect(await upload(zip, { field: 'symbols.tar' })).toEqual({
      status: 400,
      body: { error: 'Unrecognized archive file extension' },
    });
    const bomb = await zipOf({ [`app.pdb/${id}/app.sym`]: Buffer.alloc(70 * 1024 * 1024) });
    expect((await upload(bomb)).body.error).toMatch(/times its size/);
    expect((await upload(Buffer.alloc(3_000_001))).status).toBe(413);
    expect(readdirSync(path.join(host.dataFolder, 'symbols', '.incoming'))).toEqual([]);
  });

  it('of one file alone is named by its MODULE record', async () => {
    const post = async (body: string | Uint8Array<ArrayBuffer>) => {
      const response = await host.fetch('/api/v1/symbols/files', { method: 'POST', body, as: ['upload_symbols'] });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const alone = symText({ debugFile: 'alone.pdb', debugId: id });
    expect(await post(alone)).toMatchObject({
      status: 200,
      body: { outcome: 'stored', file: { key: `alone.pdb/${id}/alone.sym` } },
    });
    expect(await post(new Uint8Array(gzipSync(alone)))).toMatchObject({ status: 200, body: { outcome: 'same' } });
    for (const hostile of [
      '',
      '<html>',
      `MODULE Linux x86 ${id} ../../etc/passwd|x\n`,
      `MODULE Linux x86 zz app\n`,
      `MODULE Linux x86 ${id} ${'x'.repeat(300)}\n`,
      `MODULE Linux x86 ${id} ${'x'.repeat(8 << 20)}`,
    ]) {
      expect(await post(hostile)).toMatchObject({ status: 400, body: { error: { code: 'SYMBOL_FILE_REJECTED' } } });
    }
  });

  it('needs the permission', async () => {
    const response = await host.fetch('/upload/', { method: 'POST', body: new FormData(), as: ['triage'] });
    expect([response.status, await response.json()]).toEqual([
      403,
      { error: expect.stringContaining('upload_symbols') as string },
    ]);
    const token = await host.createToken({ permissions: ['upload_symbols'], validFor: 86_400_000 });
    const info = await host.fetch('/upload/auth_info/', { method: 'POST', headers: { 'auth-token': token } });
    expect(await info.json()).toMatchObject({
      upload_api_version: 1,
      try_symbols: false,
      token_expires_at: expect.any(Number) as number,
    });
  });

  it.each(['/upload/', '/api/v1/symbols/files', '/upload/v2/x/a.so/AB/a.so?secret=x'])(
    'without the permission is told so before its body has come, at %s',
    async (place) => {
      const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
      const method = place.startsWith('/upload/v2/') ? 'PUT' : 'POST';
      const type = 'content-type: multipart/form-data; boundary=b';
      socket.write(
        `${method} ${place} HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000000\r\n${type}\r\n\r\n${'x'.repeat(100_000)}`,
      );
      const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
      expect(answer).toMatch(/^HTTP\/1\.1 403 .*connection: close.*\{"error":.*\}$/is);
      socket.destroy();
    },
  );

  it('of one file twice at once leaves it whole', async () => {
    const big = symText({ debugFile: 'twin.so', debugId: id }) + 'PUBLIC 10 0 x\n'.repeat(20_000);
    const zip = await zipOf({ [`twin.so/${id}/twin.so.sym`]: big });
    const answers = await Promise.all([upload(zip), upload(zip), upload(zip)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await (await get(`/twin.so/${id}/twin.so.sym`)).text()).toBe(big);
  });
});

describe('a download of symbols', () => {
  it('gives the gzip as it lies there to whoever takes it, and the text to others', async () => {
    const place = `/app.pdb/${id}/app.sym`;
    const packed = await get(place, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('access-control-allow-origin')).toBe('*');
    expect(await packed.text()).toBe(text);
    const onDisk = readFileSync(path.join(host.dataFolder, 'symbols', 'app.pdb', id, 'app.sym'));
    expect(gunzipSync(onDisk).toString()).toBe(text);
    const plain = await get(place, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(text);
    expect((await get(`/app.pdb/${id.toLowerCase()}/app.sym`)).status).toBe(200);
    expect(packed.headers.get('debug-time')).toBeNull();
    const timed = await get(place, { method: 'HEAD', headers: { debug: 'true' } });
    expect(Number(timed.headers.get('debug-time'))).toBeGreaterThan(0);
  });

  it('is told by HEAD, moves on by code id, and is not found as Tecken says it', async () => {
    expect((await get(`/app.pdb/${id}/app.sym`, { method: 'HEAD' })).status).toBe(200);
    const moved = await get(`/app.exe/${codeId.toLowerCase()}/app.sym`);
    expect([moved.status, moved.headers.get('location')]).toEqual([302, `../../app.pdb/${id}/app.sym`]);
    expect(await (await get(`/app.exe/${codeId}/app.sym`, { redirect: 'follow' })).text()).toBe(text);
    for (const place of [
      `/app.pdb/${'0'.repeat(33)}/app.sym`,
      `/none.pdb/${id}/none.sym`,
      `/try/none.pdb/${id}/none.sym`,
    ]) {
      const missing = await get(place);
      expect([missing.status, await missing.text()]).toEqual([404, 'Symbol Not Found']);
    }
    const info = await host.fetch(`/api/syminfo/app.exe/${codeId}`);
    expect(await info.json()).toMatchObject({ debug_filename: 'app.pdb', debug_id: id, generator: 'test 1.0' });
  });

  it('finds those of try builds only when asked for', async () => {
    const tryId = 'FFFF0000FFFF0000FFFF0000FFFF00000';
    const zip = await zipOf({ [`try.so/${tryId}/try.so.sym`]: symText({ debugFile: 'try.so', debugId: tryId }) });
    expect((await upload(zip, { fields: { try: '1' } })).status).toBe(201);
    const statuses = [
      `/try.so/${tryId}/try.so.sym`,
      `/try/try.so/${tryId}/try.so.sym`,
      `/try.so/${tryId}/try.so.sym?try=1`,
    ].map(async (place) => (await get(place)).status);
    expect(await Promise.all(statuses)).toEqual([404, 200, 200]);
  });

  it('leaves the paths of others alone', async () => {
    expect((await host.fetch('/api/v1/version')).status).toBe(200);
    expect((await host.fetch('/report/of/something')).status).toBe(404);
  });

  it('is counted with the rest, which are listed by size and by use', async () => {
    const json = async (path: string) => (await host.fetch(`/api/v1/symbols/${path}`, { as: [] })).json();
    const { files } = SymbolFileList.parse(await json('files'));
    const status = SymbolStoreStatus.parse(await json('store'));
    const bytes = files.reduce((sum, { storedSize }) => sum + storedSize, 0);
    expect(status).toMatchObject({
      kept: { files: files.length, bytes },
      ofTryBuilds: { files: 1 },
      going: { files: 0 },
    });
    const largest = SymbolFileList.parse(await json('files?order=size&limit=2'));
    const sizes = files.map(({ storedSize }) => storedSize).sort((one, other) => other - one);
    expect(largest.files.map(({ storedSize }) => storedSize)).toEqual(sizes.slice(0, 2));
    const unused = SymbolFileList.parse(await json('files?order=use&text=app'));
    const uses = unused.files.map(({ lastUsedAt }) => lastUsedAt);
    expect(uses).toEqual([...uses].sort());
  });

  it('is gone after it was deleted', async () => {
    const key = encodeURIComponent(`gz.so/${id}/gz.so.sym`);
    expect((await host.fetch(`/api/v1/symbols/files?key=${key}`, { method: 'DELETE', as: ['manage'] })).status).toBe(
      204,
    );
    expect((await get(`/gz.so/${id}/gz.so.sym`)).status).toBe(404);
    expect(readdirSync(path.join(host.dataFolder, 'symbols'))).not.toContain('gz.so');
  });
});

describe('the symbolication API', () => {
  const post = async (path: string, body: string, type = 'application/json') => {
    const response = await host.fetch(path, { method: 'POST', body, headers: { 'content-type': type } });
    return [response.status, await response.json(), response.headers.get('access-control-allow-origin')];
  };

  it('takes JSON whatever it is called, and answers errors in Eliot’s words', async () => {
    const title = 'job 0 is invalid: no modules specified';
    for (const type of ['application/json', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded']) {
      expect(await post('/symbolicate/v5', '{"jobs":[{}]}', type)).toEqual([400, { title }, '*']);
    }
    expect(await post('/symbolicate/v4', '{"memory')).toEqual([400, { title: 'Payload is not valid JSON' }, '*']);
    const large = await post('/symbolicate/v5', ' '.repeat(9 * 1024 * 1024));
    expect(large).toEqual([413, { title: 'the payload is larger than 8388608 bytes' }, '*']);
  });

  it('tells pages of other origins that they may ask', async () => {
    const { status, headers } = await host.fetch('/symbolicate/v5', { method: 'OPTIONS' });
    expect([status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-headers')]).toEqual([
      204,
      '*',
      'content-type, debug',
    ]);
  });
});

function replaceAll(zip: Buffer, from: string, to: string): void {
  for (let at = zip.indexOf(from); at >= 0; at = zip.indexOf(from, at + 1)) zip.write(to, at, 'latin1');
}
