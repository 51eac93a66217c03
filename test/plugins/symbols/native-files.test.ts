import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { SymbolConversionList, SymbolFileList } from '@faultline/sdk/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDumpSyms } from '../../../plugins/symbols/src/convert/dump-syms.js';
import { elf, fat, machO, pdb, pe } from '../../sdk/symbols/debug-file-bytes.js';
import { zipOf } from './symbol-zip.js';

const guid = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const pdbId = '030201000504070608090A0B0C0D0E0F2';
const app = pdb({ guid, infoAge: 1, dbiAge: 2 });
const exe = pe({ timestamp: 0x4b4e1a2c, imageSize: 0x9000, guid, age: 2 });
const codeId = '4B4E1A2C9000';
const buildId = '9397cea6a2899f116182f950fd55d97636875bf7';
const elfDebugId = 'A6CE979389A2119F6182F950FD55D9760';
const program = elf({ buildId });
const debug = elf({ buildId, text: null, debug: true });

let folder = '';
let host: TestHost;
/** Plays dump_syms: says what it was given, or misbehaves where the file's name asks for it. */
const fake = `#!/bin/sh
case "$1" in --version) echo "dump_syms 9.9"; exit 0;; esac
for last in "$@"; do :; done
name=$(basename "$last")
case "$name" in
  hangs*) echo "MODULE Linux x86_64"; exec sleep 60;;
  fails*) echo "not today" >&2; exit 3;;
  endless*) while :; do echo "FUNC 10 10 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; done;;
esac
id=${elfDebugId}; case "$name" in *.pdb|*.exe) id=${pdbId};; other*) id=${pdbId};; esac
echo "MODULE Linux x86_64 $id $name"
echo "FILE 0 $(ls "$(dirname "$last")" | tr '\\n' ' ')"
echo "FUNC 1000 10 0 from_$(basename "$(dirname "$last")")"
echo "STACK CFI INIT 1000 10 .cfa: $rsp 8 +"
`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-native-'));
  writeFileSync(path.join(folder, 'dump_syms'), fake);
  chmodSync(path.join(folder, 'dump_syms'), 0o755);
  host = await startTestHost({
    plugins: ['symbols', 'jobs'],
    config: {
      symbols: { maxTextSize: 1_000_000, dumpSyms: { program: path.join(folder, 'dump_syms') } },
    },
  });
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (place: string, init: Parameters<TestHost['fetch']>[1] = {}) =>
  host.fetch(place, { redirect: 'manual', ...init });
async function send(name: string, bytes: Uint8Array): Promise<{ status: number; text: string }> {
  const init = { method: 'POST', body: new Blob([new Uint8Array(bytes)]), as: ['upload_symbols'] as const };
  const response = await host.fetch(`/api/v1/symbols/files?name=${encodeURIComponent(name)}`, {
    ...init,
    as: ['upload_symbols'],
  });
  return { status: response.status, text: await response.text() };
}
async function conversion(debugId: string) {
  const list = SymbolConversionList.parse(await (await host.fetch('/api/v1/symbols/conversions', { as: [] })).json());
  return list.conversions.find((one) => one.debugId === debugId);
}
const settled = (debugId: string) =>
  expect.poll(async () => (await conversion(debugId))?.state, { timeout: 30_000, interval: 50 }).toMatch(/done|failed/);

describe('native debug files', { timeout: 40_000 }, () => {
  it('come in a zip under any path, and are kept where debuggers look for them', async () => {
    const form = new FormData();
    const zip = await zipOf({
      'build/Release/app.pdb': app,
      'build/abc/app.exe': exe,
      'lib/thing': program,
      [`thing/${buildId}/thing.debug`]: debug,
      'Mac.dSYM/Contents/Resources/DWARF/Mac': machO({ uuid: 'AB'.repeat(16), kind: 10, dwarf: true }),
    });
    form.append('symbols.zip', new Blob([new Uint8Array(zip)]), 'x.zip');
    const response = await host.fetch('/upload/', { method: 'POST', body: form, as: ['upload_symbols'] });
    const { upload } = (await response.json()) as { upload: { stored_keys: string[]; rejected_keys: unknown[] } };
    expect(upload.rejected_keys).toEqual([]);
    expect(upload.stored_keys.sort()).toEqual([
      `Mac/${'AB'.repeat(16)}/Mac.dwarf`,
      `app.exe/${codeId}/app.exe`,
      `app.pdb/${pdbId}/app.pdb`,
      `thing/${buildId.toUpperCase()}/thing`,
      `thing/${buildId.toUpperCase()}/thing.debug`,
    ]);
    const { files } = SymbolFileList.parse(
      await (await host.fetch('/api/v1/symbols/files?text=app.', { as: [] })).json(),
    );
    expect(files.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['pe', 'pdb']));
  });

  it('are given to WinDbg and Visual Studio as they ask: any case, packed ones and pointers refused', async () => {
    const asked = async (place: string) => {
      const response = await get(place);
      return [response.status, Buffer.from(await response.arrayBuffer())] as const;
    };
    expect(await asked(`/app.pdb/${pdbId}/app.pdb`)).toEqual([200, app]);
    expect(await asked(`/App.PDB/${pdbId.toLowerCase()}/APP.pdb`)).toEqual([200, app]);
    expect(await asked(`/app.exe/4B4E1A2C9000/app.exe`)).toEqual([200, exe]);
    for (const place of [
      `/app.pdb/${pdbId}/app.pd_`,
      `/app.pdb/${pdbId}/file.ptr`,
      `/app.pdb/${'0'.repeat(33)}/app.pdb`,
      // What symsrv looks for at the root of a store: with an index2.txt it would ask below two letters.
      '/index2.txt',
      '/pingme.txt',
    ])
      expect((await asked(place))[0]).toBe(404);
    expect((await get(`/app.pdb/${pdbId}/app.pdb`, { method: 'HEAD' })).headers.get('content-length')).toBe(
      String(app.length),
    );
  });

  it('are given to gdb by build id (debuginfod), what was split off and the program apart', async () => {
    const debuginfo = await get(`/buildid/${buildId}/debuginfo`);
    expect(Buffer.from(await debuginfo.arrayBuffer())).toEqual(debug);
    expect(debuginfo.headers.get('x-debuginfod-file')).toBe('thing.debug');
    const executable = await get(`/buildid/${buildId.toUpperCase()}/executable`);
    expect(Buffer.from(await executable.arrayBuffer())).toEqual(program);
    for (const rest of ['00/debuginfo', `${buildId}/source/%2Fa.c`, `${buildId}/section/.gdb_index`, 'zz/debuginfo'])
      expect((await get(`/buildid/${rest}`)).status).toBe(404);
  });

  it('become symbol files: a binary with its PDB beside it, a program with what was split off it', async () => {
    await settled(pdbId);
    await settled(elfDebugId);
    const windows = await (await get(`/app.pdb/${pdbId}/app.sym`)).text();
    expect(windows).toContain('FILE 0 app.exe app.pdb');
    const linux = await (await get(`/thing/${elfDebugId}/thing.sym`)).text();
    expect(linux.match(/^FUNC/gm)).toHaveLength(1);
    expect(linux.match(/^STACK/gm)).toHaveLength(2);
    expect(linux).toContain(`MODULE Linux x86_64 ${elfDebugId} thing\n`);
    expect(await conversion(pdbId)).toMatchObject({ state: 'done', result: `app.pdb/${pdbId}/app.sym` });
  });

  it('are known by each of their ids when they are several in one', async () => {
    const ids = ['01'.repeat(16), '02'.repeat(16)];
    const both = fat([machO({ uuid: ids[0] ?? '' }), machO({ uuid: ids[1] ?? '', cpu: 0x100000c })]);
    expect((await send('failsFat', both)).status).toBe(200);
    for (const id of ids) expect((await get(`/failsFat/${id}/failsFat`)).status).toBe(200);
    for (const id of ids) await settled(`${id}0`);
  });

  it('are refused under another module’s key, damaged, without an id, or for no module', async () => {
    const form = new FormData();
    form.append('a.zip', new Blob([new Uint8Array(await zipOf({ [`app.pdb/${'A'.repeat(33)}/app.pdb`]: app }))]));
    const wrong = await host.fetch('/upload/', { method: 'POST', body: form, as: ['upload_symbols'] });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining(`it is for ${pdbId}`)]);
    expect(await send('cut.pdb', app.subarray(0, 700))).toMatchObject({
      status: 400,
      text: expect.stringContaining('not inside the file') as string,
    });
    expect(await send('none.so', elf({ text: null }))).toMatchObject({
      status: 400,
      text: expect.stringContaining('--build-id') as string,
    });
    expect(await send('a.so', elf({ type: 1 }))).toMatchObject({
      status: 400,
      text: expect.stringContaining('object file') as string,
    });
    expect(await send('../..', elf({ buildId: 'aabb' }))).toMatchObject({ status: 400 });
  });
});

describe('dump_syms', { timeout: 40_000 }, () => {
  it.each([
    ['fails.so', 'a2'.repeat(20), 'not today'],
    ['endless.so', 'a3'.repeat(20), 'larger than 1000000 bytes'],
    ['other.so', 'a4'.repeat(20), `it is for other.so/${pdbId}`],
  ])('is stopped, and its file told, when it %s', async (name, id, words) => {
    expect((await send(name, elf({ buildId: id, debug: true }))).status).toBe(200);
    const folded = `${id.slice(0, 32).toUpperCase()}0`;
    await settled(folded);
    expect(await conversion(folded)).toMatchObject({ state: 'failed', debugFile: name });
    expect((await conversion(folded))?.problem).toContain(words);
    expect(readdirSync(path.join(host.dataFolder, 'cache', 'symbols', 'convert'))).toEqual([]);
  });

  it('is tried again when somebody asks', async () => {
    const id = `${'A2'.repeat(16)}0`;
    const again = await host.fetch(`/api/v1/symbols/conversions/${id}/retry`, {
      method: 'POST',
      as: ['upload_symbols'],
    });
    expect(again.status).toBe(200);
    await settled(id);
    expect((await conversion(id))?.attempts).toBe(1);
    expect(
      (await host.fetch('/api/v1/symbols/conversions/00/retry', { method: 'POST', as: ['upload_symbols'] })).status,
    ).toBe(404);
  });

  it('is stopped when it hangs', async () => {
    const limits = { program: path.join(folder, 'dump_syms'), timeout: 300, memory: 2 ** 30 };
    const options = { limits, folder, fileBytes: 0, signal: new AbortController().signal };
    const read = async () => {
      for await (const chunk of runDumpSyms(['hangs.so'], options)) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toThrow('took longer than 300 ms and was stopped');
  });

  it('may not take more memory than it is given', async () => {
    const greedy = path.join(folder, 'greedy');
    writeFileSync(greedy, '#!/bin/sh\nexec python3 -c "x = bytearray(900_000_000); print(len(x))"\n');
    chmodSync(greedy, 0o755);
    const run = async (memory: number) => {
      const limits = { program: greedy, timeout: 20_000, memory };
      const chunks = [];
      for await (const chunk of runDumpSyms([], { limits, folder, fileBytes: 0, signal: new AbortController().signal }))
        chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    if (process.platform === 'linux') await expect(run(400_000_000)).rejects.toThrow(/dump_syms failed.*MemoryError/);
  });

  it('is waited for where it is absent, and the files are converted once it is there', async () => {
    const absent = path.join(folder, 'later', 'dump_syms');
    const other = await startTestHost({
      plugins: ['symbols', 'jobs'],
      config: { symbols: { dumpSyms: { program: absent } } },
    });
    try {
      const init = { method: 'POST', body: new Blob([new Uint8Array(elf({ buildId, debug: true }))]) };
      await other.fetch('/api/v1/symbols/files?name=thing', { ...init, as: ['upload_symbols'] });
      const list = async () =>
        SymbolConversionList.parse(await (await other.fetch('/api/v1/symbols/conversions', { as: [] })).json());
      await expect
        .poll(async () => (await list()).counts, { timeout: 10_000 })
        .toMatchObject({ waiting: 1, failed: 0 });
      expect((await list()).program).toMatchObject({
        version: null,
        hint: expect.stringContaining('cargo install') as string,
      });
      mkdirSync(path.dirname(absent));
      writeFileSync(absent, fake);
      chmodSync(absent, 0o755);
      expect(existsSync(absent)).toBe(true);
      const started = await other.fetch(`/api/v1/symbols/conversions/${elfDebugId}/retry`, {
        method: 'POST',
        as: ['upload_symbols'],
      });
      expect(started.status).toBe(200);
      await expect.poll(async () => (await list()).counts, { timeout: 30_000 }).toMatchObject({ done: 1, waiting: 0 });
    } finally {
      await other.stop();
    }
  });
});
