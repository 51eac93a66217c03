import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobRun, SearchEngine, SearchResult } from '@faultline/sdk';
import { FakeClock, MemoryBus, MemoryStateStore } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchJob } from '../../../plugins/symbols/src/native/fetch-job.js';
import { NativeUpstream } from '../../../plugins/symbols/src/native/native-upstream.js';
import { DownloadCache } from '../../../plugins/symbols/src/provider/download-cache.js';
import { Arrivals } from '../../../plugins/symbols/src/store/arrivals.js';
import { keyText } from '../../../plugins/symbols/src/store/symbol-key.js';
import { SymbolRecords } from '../../../plugins/symbols/src/store/symbol-records.js';
import { SymbolStore } from '../../../plugins/symbols/src/store/symbol-store.js';
import type { UpstreamLayout } from '../../../plugins/symbols/src/upstream/upstream.js';
import { UpstreamHealth, upstreamStatus } from '../../../plugins/symbols/src/upstream/upstream-health.js';
import { elf, pdb, pe } from '../../sdk/symbols/debug-file-bytes.js';
import { startSymbolServer, type Answer, type SymbolServer } from './symbol-server.js';

const guid = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const debugId = '030201000504070608090A0B0C0D0E0F2';
const windows = { module: 'kernel.dll', debugId, codeId: '4b4e1a2c9abc' };
const buildId = '9397cea6a2899f116182f950fd55d97636875bf7';
const linux = { module: 'libc.so.6', debugId: 'A6CE979389A2119F6182F950FD55D9760', codeId: buildId };
const send =
  (bytes: Uint8Array): Answer =>
  (_request, response) =>
    void response.end(bytes);

let folder = '';
let server: SymbolServer | null = null;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'faultline-natives-'))));
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

async function start(layout: UpstreamLayout, answers: Record<string, Answer>) {
  server = await startSymbolServer(answers);
  const { url, asked } = server;
  const clock = new FakeClock(Date.now());
  const records = new SymbolRecords(new MemoryStateStore(clock));
  const folders = { folder: path.join(folder, 'symbols'), tryFolder: path.join(folder, 'try') };
  const store = new SymbolStore({ ...folders, records, clock, maxBytes: 1e6 });
  const upstream = new NativeUpstream({
    upstream: { url, layout, headers: { 'x-secret': 'abc' }, maxConnections: 1, timeout: null },
    cache: new DownloadCache(folder, 60_000),
    health: new UpstreamHealth(folder, url),
    store,
    bounds: { timeout: 2000, idleTimeout: 200, maxBytes: 100_000, maxRedirects: 3, allowPrivateRedirects: false },
  });
  const fetch = async (module: typeof windows) =>
    (await upstream.fetch(module, new AbortController().signal)).map(({ key }) => keyText(key));
  return { upstream, fetch, asked, records, clock };
}

const binary = pe({ timestamp: 0x4b4e1a2c, imageSize: 0x9abc, guid, age: 2, pdb: 'd:\\build\\wkernel.pdb' });
const binaryPath = '/kernel.dll/4B4E1A2C9abc/kernel.dll';
const pdbPath = `/wkernel.pdb/${debugId}/wkernel.pdb`;

describe('a server of native files', () => {
  it('in Microsoft’s layout is asked for the binary, and for the PDB that it names', async () => {
    const { fetch, asked } = await start('symsrv', {
      [binaryPath]: send(binary),
      [pdbPath]: send(pdb({ guid, infoAge: 1, dbiAge: 2 })),
    });
    expect(await fetch(windows)).toEqual(['kernel.dll/4B4E1A2C9ABC/kernel.dll', `wkernel.pdb/${debugId}/wkernel.pdb`]);
    expect(asked).toEqual(['/index2.txt', binaryPath, pdbPath]);
    expect(readdirSync(path.join(folder, 'incoming'))).toEqual([]);
  });

  it('is not asked again for what it did not have, and a PDB is taken to be called as its binary', async () => {
    const { fetch, asked } = await start('symsrv', {});
    expect(await fetch(windows)).toEqual([]);
    expect(asked).toEqual(['/index2.txt', binaryPath, `/kernel.pdb/${debugId}/kernel.pdb`]);
    expect(await fetch(windows)).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('has names below their first two letters where it says so, as debuggers see it', async () => {
    const { fetch } = await start('symsrv', {
      '/index2.txt': send(Buffer.from('')),
      [`/ke${binaryPath}`]: send(binary),
      [`/wk${pdbPath}`]: send(pdb({ guid, infoAge: 1, dbiAge: 2 })),
    });
    expect(await fetch(windows)).toHaveLength(2);
  });

  it('is asked for nothing that has a name which can’t be stored, and is not blamed for it', async () => {
    const { fetch, asked } = await start('symsrv', {});
    expect(await fetch({ ...windows, module: 'a#b.dll' })).toEqual([]);
    expect(asked).toEqual([]);
    expect(upstreamStatus(folder, server?.url ?? '', Date.now())).toBeNull();
  });

  it('is not blamed when our own disk refuses what it sent: the job says so', async () => {
    const { fetch } = await start('symsrv', { [binaryPath]: send(binary) });
    writeFileSync(path.join(folder, 'symbols'), 'no folder');
    await expect(fetch(windows)).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(upstreamStatus(folder, server?.url ?? '', Date.now())).toMatchObject({ failed: 0 });
  });

  it('of a distribution is asked by build id, for debug information and program', async () => {
    const { fetch } = await start('debuginfod', {
      [`/buildid/${buildId}/debuginfo`]: send(elf({ buildId, text: null, debug: true })),
      [`/buildid/${buildId}/executable`]: send(elf({ buildId })),
    });
    const id = buildId.toUpperCase();
    expect(await fetch(linux)).toEqual([`libc.so.6/${id}/libc.so.6.debug`, `libc.so.6/${id}/libc.so.6`]);
  });

  it.each<[string, Answer]>([
    ['another module', send(pe({ timestamp: 1, imageSize: 0x1000 }))],
    ['a page to sign in', send(Buffer.from('<html>'))],
    ['too much', send(Buffer.alloc(200_000))],
    ['nothing for ever', () => {}],
    [
      'a redirect into a private network',
      (_request, response) => void response.writeHead(302, { location: 'http://10.0.0.1/x' }).end(),
    ],
  ])('that sends %s stores nothing', async (_name, answer) => {
    const { fetch, records } = await start('symsrv', { [binaryPath]: answer });
    expect(await fetch(windows)).toEqual([]);
    for await (const record of records.files(false)) expect.unreachable(keyText(record.key));
    expect(readdirSync(path.join(folder, 'incoming'))).toEqual([]);
  });

  it('is asked by a job for what crashes lack, and what comes is converted', async () => {
    const { upstream, records, clock } = await start('debuginfod', {
      [`/buildid/${buildId}/debuginfo`]: send(elf({ buildId, debug: true })),
    });
    const lists = {
      kind: 'terms',
      buckets: [{ term: `libc.so.6/None/${linux.debugId}/${buildId}`, count: 3 }],
      other: 0,
    };
    const search = () => Promise.resolve({ facets: { lists } } as unknown as SearchResult);
    const converted: string[] = [];
    const arrivals = new Arrivals(new MemoryBus(clock), { add: () => Promise.resolve() }, (record) =>
      Promise.resolve(void converted.push(keyText(record.key))),
    );
    const job = fetchJob({
      upstreams: [upstream],
      engine: () => ({ search }) as unknown as SearchEngine,
      clock,
      records,
      arrivals,
    });
    const run = {
      signal: new AbortController().signal,
      progress() {},
      pausePoint: () => Promise.resolve(),
    } as unknown as JobRun;
    expect(await job.run(run)).toEqual({ modules: 1, files: 1 });
    expect(converted).toEqual([`libc.so.6/${buildId.toUpperCase()}/libc.so.6.debug`]);
    expect(await job.run(run)).toEqual({ modules: 1, files: 0 });
  });
});
