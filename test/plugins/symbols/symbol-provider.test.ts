import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';
import {
  createSymbolProvider,
  type ClosableSymbolProvider,
  type SymbolProviderOptions,
} from '@faultline/plugin-symbols/sources';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSymbolServer, type Answer, type SymbolServer } from './symbol-server.js';

const id = '5A9832E5287241C1838ED98914E9B7FF1';
const module: ModuleIdentity = {
  codeFile: 'c:\\app.exe',
  codeId: '4b4e1a2c9000',
  debugFile: 'c:\\build\\app.pdb',
  debugId: id,
};
const below = path.join('app.pdb', id, 'app.sym');
const text = `MODULE windows x86 ${id} app.pdb\nFILE 1 a.cc\nFUNC 10 10 0 main\n10 10 7 1\n`;

let folder = '';
const servers: SymbolServer[] = [];
const providers: ClosableSymbolProvider[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-test-'));
});

afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.close();
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function provider(options: Partial<SymbolProviderOptions>): ClosableSymbolProvider {
  const made = createSymbolProvider({ cacheFolder: path.join(folder, 'cache'), timeout: 3000, ...options });
  providers.push(made);
  return made;
}

async function serve(answers: Record<string, Answer>): Promise<SymbolServer> {
  const server = await startSymbolServer(answers);
  servers.push(server);
  return server;
}

/** Writes a file below the test's folder and returns the root it stands in. */
function store(root: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return path.join(folder, root);
}

function filesBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

const send =
  (body: string | Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', ...headers }).end(body);
  };
const redirect =
  (location: string): Answer =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

describe('symbols in folders', () => {
  it('asks folders in order and reports every place', async () => {
    const empty = store('empty', 'x', '');
    const full = store('full', below, text);
    const lookup = await provider({ paths: [empty, path.join(folder, 'absent'), full] }).find(module);
    expect(await lookup.symbols?.symbolize(0x12)).toMatchObject({ function: 'main', file: 'a.cc', line: 7 });
    expect(lookup.attempts.map(({ status, bytes }) => [status, bytes])).toEqual([
      ['not-found', 0],
      ['not-found', 0],
      ['found', text.length],
    ]);
    expect(lookup).toMatchObject({ isCorrupt: false, url: null });
  });

  it('takes a single symbol file for the module that its MODULE record names, and for no other', async () => {
    const root = store('single', 'any-name.txt', text);
    const found = await provider({ paths: [path.join(root, 'any-name.txt')] }).find(module);
    expect(await found.symbols?.hasFunctionAt(0x10)).toBe(true);
    const other = await provider({ paths: [path.join(root, 'any-name.txt')] }).find({
      ...module,
      debugId: `${id.slice(0, 32)}2`,
    });
    expect(other.symbols).toBeNull();
    expect(other.attempts[0]).toMatchObject({ status: 'not-found', reason: `it is for ${id}` });
  });

  it('reads a symbol file that is stored as gzip under its plain name', async () => {
    const root = store('gz', below, gzipSync(text));
    const { symbols } = await provider({ paths: [root] }).find(module);
    expect(await symbols?.symbolize(0x10)).toMatchObject({ function: 'main' });
  });

  it('goes on to the next folder when a file is no symbol file, and says so', async () => {
    const bad = store('bad', below, '<html>Please sign in</html>');
    const good = store('good', below, text);
    const lookup = await provider({ paths: [bad, good] }).find(module);
    expect(lookup.symbols).not.toBeNull();
    expect(lookup.attempts.map((each) => each.status)).toEqual(['found', 'malformed', 'found']);
    expect(await provider({ paths: [bad] }).find(module)).toMatchObject({ symbols: null, isCorrupt: true });
  });

  it('says that a broken gzip file is unusable, and does not throw', async () => {
    const root = store('cut', below, gzipSync(text.repeat(50)).subarray(0, 60));
    expect(await provider({ paths: [root] }).find(module)).toMatchObject({ symbols: null, isCorrupt: true });
  });

  it('never leaves its folder for a hostile module name', async () => {
    const root = store('root', below, text);
    store('.', 'secret.sym', text);
    for (const debugFile of ['../../secret', '..', 'C:', 'a\u0000b']) {
      const lookup = await provider({ paths: [root] }).find({ ...module, debugFile });
      expect(lookup.symbols).toBeNull();
    }
  });

  it('shares one search between walks that ask for one module at the same time', async () => {
    const both = provider({ paths: [store('full', below, text)] });
    const [first, second] = await Promise.all([both.find(module), both.find(module)]);
    expect(first).toBe(second);
  });
});

describe('the index of a symbol file', () => {
  it('is built once and found again by another process', async () => {
    const root = store('full', below, text);
    await provider({ paths: [root] }).find(module);
    const indexes = path.join(folder, 'cache', 'indexes');
    const [name = ''] = filesBelow(indexes);
    expect(name).toMatch(/^app\.sym\..*\.symx$/);
    const file = path.join(indexes, 'app.pdb', id, name);
    const before = readFileSync(file);
    const { symbols } = await provider({ paths: [root] }).find(module);
    expect(await symbols?.hasFunctionAt(0x10)).toBe(true);
    expect(filesBelow(indexes)).toEqual([name]);
    expect(readFileSync(file)).toEqual(before);
  });

  it('is another one when the text changed', async () => {
    const root = store('full', below, text);
    const one = provider({ paths: [root] });
    await one.find(module);
    store('full', below, text.replace('main', 'other'));
    utimesSync(path.join(root, below), new Date(), new Date(Date.now() + 5000));
    expect(await (await one.find(module)).symbols?.symbolize(0x10)).toMatchObject({ function: 'other' });
  });

  it('is built again when it is damaged', async () => {
    const root = store('full', below, text);
    await provider({ paths: [root] }).find(module);
    const indexes = path.join(folder, 'cache', 'indexes', 'app.pdb', id);
    const file = path.join(indexes, filesBelow(indexes)[0] ?? '');
    truncateSync(file, 100);
    const { symbols } = await provider({ paths: [root] }).find(module);
    expect(await symbols?.symbolize(0x10)).toMatchObject({ function: 'main' });
  });

  it('is built again when a page turns out damaged while it is read', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `FUNC ${(index * 16).toString(16)} 10 0 f${index}`);
    const root = store('full', below, `MODULE windows x86 ${id} app.pdb\n${many.join('\n')}\n`);
    await provider({ paths: [root] }).find(module);
    const indexes = path.join(folder, 'cache', 'indexes', 'app.pdb', id);
    const file = path.join(indexes, filesBelow(indexes)[0] ?? '');
    const one = provider({ paths: [root] });
    const { symbols } = await one.find(module);
    if (symbols === null) throw new Error('no symbols');
    const bytes = readFileSync(file);
    bytes.fill(0xff);
    writeFileSync(file, bytes);
    const ask = async (from: typeof symbols) => from.symbolize(10_000 * 16);
    await expect(ask(symbols)).rejects.toMatchObject({ code: 'SYMX_CORRUPT' });
    const again = await one.recover?.(module, symbols);
    if (again?.symbols == null) throw new Error('no symbols again');
    expect(await ask(again.symbols)).toMatchObject({ function: 'f10000' });
    expect(await (await provider({ paths: [root] }).find(module)).symbols?.symbolize(10_000 * 16)).not.toBeNull();
  });

  it('is left out where the cache can not be written', async () => {
    const root = store('full', below, text);
    writeFileSync(path.join(folder, 'file'), '');
    const lookup = await provider({ paths: [root], cacheFolder: null, indexFolder: path.join(folder, 'file') }).find(
      module,
    );
    expect(await lookup.symbols?.symbolize(0x10)).toMatchObject({ function: 'main' });
  });

  it('leaves no temporary file, and removes those of killed processes', async () => {
    const root = store('full', below, text);
    const old = path.join(folder, 'cache/indexes/app.pdb', id, 'app.sym.symx.1-x-1.tmp');
    store('cache', path.join('indexes/app.pdb', id, 'app.sym.symx.1-x-1.tmp'), 'half');
    utimesSync(old, new Date(0), new Date(0));
    await provider({ paths: [root] }).find(module);
    expect(filesBelow(path.join(folder, 'cache')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('symbols on servers', () => {
  const address = `/app.pdb/${id}/app.sym`;

  it('asks servers in order, keeps what it found and asks no more', async () => {
    const first = await serve({});
    const second = await serve({ [address]: send(text) });
    const urls = [first.url, second.url];
    const lookup = await provider({ urls }).find(module);
    expect(lookup.attempts.map(({ source, status }) => [source, status])).toEqual([
      ['cache', 'not-found'],
      [first.url, 'not-found'],
      [second.url, 'found'],
    ]);
    expect(lookup.url).toBe(`${second.url}${address}`);
    expect(lookup.attempts.at(-1)).toMatchObject({ bytes: text.length, location: lookup.url });
    const again = await provider({ urls }).find(module);
    expect(again.url).toBe(lookup.url);
    expect(await again.symbols?.symbolize(0x10)).toMatchObject({ function: 'main' });
    expect(second.asked).toHaveLength(1);
  });

  it('takes gzip as it is sent, and keeps it so', async () => {
    const packed = gzipSync(text);
    const server = await serve({ [address]: send(packed, { 'content-encoding': 'gzip' }) });
    const { symbols } = await provider({ urls: [server.url] }).find(module);
    expect(await symbols?.symbolize(0x10)).toMatchObject({ function: 'main' });
    expect(readFileSync(path.join(folder, 'cache/symbols', below))).toEqual(packed);
  });

  it('believes "not found" for a while, in every process that shares the cache, then asks again', async () => {
    const server = await serve({});
    await provider({ urls: [server.url] }).find(module);
    const second = await provider({ urls: [server.url] }).find(module);
    expect(server.asked).toHaveLength(1);
    expect(second.attempts.at(-1)).toMatchObject({
      status: 'not-found',
      reason: expect.stringContaining('it said so at'),
    });
    await provider({ urls: [server.url], missLifetime: 0 }).find(module);
    expect(server.asked).toHaveLength(2);
  });

  it('finds a module without debug id by the redirect of its code id', async () => {
    const server = await serve({
      '/app.exe/4B4E1A2C9000/app.exe.sym': redirect(address),
      [address]: send(text),
    });
    const lookup = await provider({ urls: [server.url] }).find({ ...module, debugFile: '', debugId: '' });
    expect(lookup.redirectedTo).toEqual({ debugFile: 'app.pdb', debugId: id });
    expect(lookup.symbols).not.toBeNull();
  });

  it('says why it does not look for a module that has no ids', async () => {
    const lookup = await provider({}).find({ codeFile: 'app', codeId: '', debugFile: '', debugId: '' });
    expect(lookup.attempts).toMatchObject([{ status: 'skipped', reason: 'the dump has no debug id for it' }]);
  });

  it('removes a download that is no symbol file', async () => {
    const server = await serve({ [address]: send('<html>Welcome to the hotel</html>') });
    expect(await provider({ urls: [server.url] }).find(module)).toMatchObject({ symbols: null, isCorrupt: true });
    expect(filesBelow(path.join(folder, 'cache', 'symbols'))).toEqual([]);
  });

  it('leaves a server alone that fails twice in a row', async () => {
    const fail: Answer = (_request, response) => void response.writeHead(503).end();
    const server = await serve(Object.fromEntries(['a', 'b', 'c'].map((name) => [`/${name}/${id}/${name}.sym`, fail])));
    const one = provider({ urls: [server.url] });
    const statuses = [];
    for (const debugFile of ['a', 'b', 'c'])
      statuses.push((await one.find({ ...module, debugFile })).attempts.at(-1)?.status);
    expect(statuses).toEqual(['unavailable', 'unavailable', 'skipped']);
    expect(server.asked).toHaveLength(2);
  });

  it.each<[string, Answer, Partial<SymbolProviderOptions>, object]>([
    ['sends nothing', () => {}, { timeout: 200 }, { status: 'timeout' }],
    [
      'sends a byte at a time',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('M'), 20);
        response.on('close', () => clearInterval(timer));
      },
      { timeout: 200 },
      { status: 'timeout' },
    ],
    ['sends too much', send('x'.repeat(5000)), { maxDownloadBytes: 1000 }, { status: 'too-large' }],
    [
      'cuts its answer',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '5000' });
        response.write('MODULE');
        setTimeout(() => response.destroy(), 20);
      },
      {},
      { status: 'unavailable' },
    ],
    [
      'redirects to itself',
      redirect(`/app.pdb/${id}/app.sym`),
      {},
      { status: 'malformed', reason: 'a redirect to where it came from' },
    ],
    [
      'redirects for ever',
      (request, response) => void response.writeHead(302, { location: `${request.url ?? ''}?x` }).end(),
      {},
      { status: 'malformed', reason: 'more than 5 redirects' },
    ],
    ['redirects to a file', redirect('file:///etc/passwd'), {}, { status: 'malformed', reason: 'a redirect to file:' }],
    [
      'redirects into a private network',
      redirect('http://169.254.169.254/latest'),
      {},
      { status: 'denied', reason: 'a redirect to 169.254.169.254, which is in a private network' },
    ],
    ['redirects to a name that is private', redirect('http://localhost:1/x'), {}, { status: 'denied' }],
    [
      'forbids',
      (_request, response) => void response.writeHead(403).end(),
      {},
      { status: 'denied', reason: 'HTTP 403' },
    ],
    ['packs with brotli', send('x', { 'content-encoding': 'br' }), {}, { status: 'malformed' }],
  ])('survives a server that %s', async (_name, answer, options, expected) => {
    const server = await serve({ [address]: answer });
    const lookup = await provider({ urls: [server.url], ...options }).find(module);
    expect(lookup.symbols).toBeNull();
    expect(lookup.attempts.at(-1)).toMatchObject(expected);
    expect(filesBelow(path.join(folder, 'cache', 'symbols'))).toEqual([]);
  });

  it('stops a gzip bomb at the size of its text', async () => {
    const server = await serve({
      [address]: send(gzipSync(Buffer.alloc(8 << 20, 'PUBLIC 10 0 a\n')), { 'content-encoding': 'gzip' }),
    });
    const lookup = await provider({ urls: [server.url], maxTextBytes: 1 << 20 }).find(module);
    expect(lookup.attempts.at(-1)).toMatchObject({ status: 'too-large' });
  });

  it('stops when the walk is stopped', async () => {
    const server = await serve({ [address]: () => {} });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const lookup = await provider({ urls: [server.url] }).find(module, stop.signal);
    expect(lookup.attempts.at(-1)).toMatchObject({ status: 'skipped', reason: 'the walk was stopped' });
  });
});

describe('the options', () => {
  it.each([[{ urls: ['ftp://x'] }], [{ paths: 'x' }], [{ timeout: -1 }], [{ cacheFolder: 5 }]])(
    'refuses %j',
    (options) => {
      expect(() => createSymbolProvider(JSON.parse(JSON.stringify(options)) as Partial<SymbolProviderOptions>)).toThrow(
        expect.objectContaining({ code: 'SYMBOL_OPTIONS_INVALID' }),
      );
    },
  );
});
