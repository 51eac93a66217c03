import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusFolder, requireCorpus } from '../../corpus.js';
import { requireChromium } from '../../system/chromium.js';
import { launchBrowser } from '../fixture/chromium.js';
import { bundleWorker, type WorkerBundle } from './walking/bundle-worker.js';
import type { FileOutcome } from './walking/suite/suite-worker.js';

requireCorpus();

const suites = ['test/sdk/minidump', 'test/sdk/symbols'];
/** All but the one that runs a program of the system, and that of native debug files, which no page reads. */
const files = suites.flatMap((suite) =>
  readdirSync(suite, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !/(peer|debug-files)\.test\.ts$/.test(name))
    .map((name) => `${suite.slice('test/'.length)}/${name}`),
);

const standIns = {
  vitest: new URL('./walking/suite/vitest.ts', import.meta.url),
  'node:fs(/promises)?': new URL('./walking/suite/node-fs.ts', import.meta.url),
  'node:(path|url)': new URL('./walking/suite/node-paths.ts', import.meta.url),
};

/** A file of the corpus, or the names below a folder of it; null when there is none such. */
function answer(address: string): string | Buffer | null {
  const [, kind = '', name = ''] = /^\/(file|folder)\/corpus(\/[^?]*)?$/.exec(decodeURIComponent(address)) ?? [];
  const place = path.join(corpusFolder, name);
  const stat = name.includes('..') ? undefined : statSync(place, { throwIfNoEntry: false });
  if (kind === '' || stat === undefined || stat.isDirectory() !== (kind === 'folder')) return null;
  return kind === 'file' ? readFileSync(place) : JSON.stringify(readdirSync(place, { recursive: true }));
}

describe.skipIf(!requireChromium())('the suites of minidumps and symbols in a web worker of a real Chromium', () => {
  let bundle: WorkerBundle;
  let browser: Browser;
  let server: Server;
  let outcomes: FileOutcome[] = [];

  beforeAll(async () => {
    bundle = await bundleWorker(new URL('./walking/suite/suite-worker.ts', import.meta.url), standIns);
    server = createServer((request, response) => {
      const address = request.url ?? '/';
      const script = bundle.files.get(address.slice(1));
      if (script !== undefined) return void response.setHeader('content-type', 'text/javascript').end(script);
      if (address === '/') return void response.setHeader('content-type', 'text/html').end('<!doctype html>');
      const body = answer(address);
      response.writeHead(body === null ? 404 : 200).end(body ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const [program = ''] = bundle.files.keys();
    const result = await page.evaluate(
      (name) =>
        new Promise<FileOutcome[] | string>((resolve) => {
          const worker = new Worker(`/${name}`, { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data as FileOutcome[] | string);
          worker.onerror = ({ message }) => resolve(message);
        }),
      program,
    );
    if (typeof result === 'string') throw new Error(result);
    outcomes = result;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('import nothing of Node', () => {
    expect(bundle.nodeModules).toEqual([]);
  });

  it.each(files)('%s', (file) => {
    const outcome = outcomes.find((each) => each.file === file);
    expect(outcome?.failures).toEqual([]);
    expect(outcome?.passed).toBeGreaterThan(0);
  });
});
