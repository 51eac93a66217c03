import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DumpDescription, walkJsonText, walkMinidump, writeMinidump } from '@faultline/minidump';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { openSymbolText } from '@faultline/symbols';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import { requireChromium } from '../../system/chromium.js';
import { launchBrowser } from '../fixture/chromium.js';
import { bundleWorker, type WorkerBundle } from './walking/bundle-worker.js';
import type { WorkerRequest } from './walking/walk-worker.js';

requireCorpus();

const corpusDumps = ['breakpad', 'chromium', 'node-minidump', 'own', 'rust-minidump'].flatMap((folder) =>
  hasCorpus
    ? readdirSync(corpusPath(folder))
        .filter((name) => name.endsWith('.dmp') && name !== 'invalid-range.dmp')
        .map((name) => `${folder}/${name}`)
    : [],
);

/** Symbol texts of dumps, by debug id of their module. */
const symbolsOf: Record<string, Record<string, string>> = {
  'own/crashy.dmp': textsIn('own/symbols'),
  'rust-minidump/test.dmp': textsIn('rust-minidump/symbols'),
  'breakpad/minidump2.dmp': textsIn('breakpad/symbols'),
  'breakpad/linux_overflow.dmp': textsIn('breakpad/symbols'),
  'breakpad/linux_inline.dmp': textsIn('breakpad/symbols'),
};

/** Of the two vintages of linux_inline the new one is read. */
function textsIn(folder: string): Record<string, string> {
  const texts: Record<string, string> = {};
  if (!hasCorpus) return texts;
  for (const file of readdirSync(corpusPath(folder), { recursive: true, encoding: 'utf8' })) {
    const [, debugId = ''] = file.split('/');
    if (file.endsWith('.sym') && !file.endsWith('.old.sym')) texts[debugId] = `${folder}/${file}`;
  }
  return texts;
}

const stack = { start: 0x7fff_0000n, words: [0n, 0x7fff_0030n, 0x40_1234n, 0x40_2345n, 0n, 0x40_5678n] };
const written: Record<string, DumpDescription> = Object.fromEntries(
  (['x86', 'amd64', 'arm', 'arm64', 'mips', 'mips64', 'riscv64'] as const).map((cpu) => [
    `written/${cpu}`,
    {
      cpu,
      os: cpu === 'x86' ? 'Windows NT' : 'Linux',
      littleEndian: cpu !== 'mips',
      modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '/bin/äpp\u202e' }],
      threads: [{ id: 1, name: 'main', registers: { eip: 0x40_1000n, rip: 0x40_1000n, pc: 0x40_1000n }, stack }],
      exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers: { pc: 0x40_1000n, rip: 0x40_1000n } },
      crashpad: { annotations: { ptype: 'renderer' } },
    } satisfies DumpDescription,
  ]),
);

/** In Node: bytes instead of Blobs, and symbols straight from text. */
async function walkInNode(bytes: Uint8Array, texts: Record<string, string>): Promise<string> {
  const symbols: SymbolProvider = {
    async find({ debugId }) {
      const file = texts[debugId];
      if (file === undefined) return { symbols: null, attempts: [], isCorrupt: false, url: null };
      const found = await openSymbolText(readFileSync(corpusPath(file)), debugId);
      return { symbols: found, attempts: [], isCorrupt: false, url: null };
    },
  };
  return walkJsonText(await walkMinidump({ source: bytesSource(bytes), symbols }));
}

describe.skipIf(!requireChromium())('a walk in a web worker of a real Chromium', () => {
  let bundle: WorkerBundle;
  let browser: Browser;
  let page: Page;
  let server: Server;
  const writtenBytes = new Map<string, Uint8Array>();

  beforeAll(async () => {
    for (const [name, description] of Object.entries(written)) {
      writtenBytes.set(name, await writeMinidump(description));
    }
    bundle = await bundleWorker(new URL('./walking/walk-worker.ts', import.meta.url));
    server = createServer((request, response) => {
      const name = decodeURIComponent((request.url ?? '/').slice(1));
      const script = bundle.files.get(name);
      if (script !== undefined) {
        response.setHeader('content-type', 'text/javascript');
        return void response.end(script);
      }
      if (name === '') return void response.setHeader('content-type', 'text/html').end('<!doctype html>');
      if (name === 'favicon.ico') return void response.writeHead(404).end();
      response.end(bytesOf(name));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  function bytesOf(name: string): Uint8Array {
    return writtenBytes.get(name) ?? readFileSync(corpusPath(name));
  }

  async function walkInWorker(dump: string, texts: Record<string, string>): Promise<string> {
    const at = (name: string) => `/${encodeURIComponent(name)}`;
    const symbols = Object.fromEntries(Object.entries(texts).map(([id, file]) => [id, at(file)]));
    const [program = ''] = bundle.files.keys();
    const answer = await page.evaluate(
      ({ program, request }: { program: string; request: WorkerRequest }) =>
        new Promise<{ json?: string; failure?: string }>((resolve) => {
          const worker = new Worker(`/${program}`, { type: 'module' });
          const end = (result: { json?: string; failure?: string }) => {
            worker.terminate();
            resolve(result);
          };
          worker.onmessage = ({ data }) => end(data as { json?: string; failure?: string });
          worker.onerror = ({ message }) => end({ failure: message });
          worker.postMessage(request);
        }),
      { program, request: { dump: at(dump), symbols } },
    );
    if (answer.json === undefined) throw new Error(answer.failure);
    return answer.json;
  }

  function functionsIn(json: string): number {
    return json.match(/"function":"/g)?.length ?? 0;
  }

  it('imports nothing of Node', () => {
    expect(bundle.nodeModules).toEqual([]);
  });

  it.each(Object.keys(written))('%s: gives the same bytes as Node', async (name) => {
    expect(await walkInWorker(name, {})).toBe(await walkInNode(bytesOf(name), {}));
  });

  it.each(corpusDumps)('%s: gives the same bytes as Node', async (name) => {
    expect(await walkInWorker(name, {})).toBe(await walkInNode(bytesOf(name), {}));
  });

  it.each(hasCorpus ? Object.keys(symbolsOf) : [])(
    '%s with symbols indexed in the worker: gives the same bytes as Node',
    async (name) => {
      const texts = symbolsOf[name] ?? {};
      const json = await walkInWorker(name, texts);
      expect(functionsIn(json)).toBeGreaterThan(0);
      expect(json).toBe(await walkInNode(bytesOf(name), texts));
    },
  );
});
