import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '@faultline/server/testing';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import * as command from '../../../plugins/stackwalk/src/cli/stackwalk.js';
import { mutate } from '../../sdk/minidump/fuzz/mutate.js';
import { zipOf } from '../../plugins/symbols/symbol-zip.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';
import { LocalPage, symbolsOfCrashy } from './local-page.js';

requireCorpus();

const patiently = { timeout: 20_000 };

const tenDumps = [
  'own/crashy.dmp',
  'rust-minidump/test.dmp',
  'rust-minidump/linux-mini.dmp',
  'rust-minidump/simple-crashpad.dmp',
  'breakpad/minidump2.dmp',
  'breakpad/linux_overflow.dmp',
  'breakpad/linux_inline.dmp',
  'breakpad/ascii_read_av.dmp',
  'breakpad/exec_av_on_stack.dmp',
  'breakpad/microdump-arm.dmp',
];

describe.skipIf(whyNoBrowser() !== null || !hasCorpus)('local dumps in a browser', () => {
  let browser: Browser;
  let server: FixtureServer;
  let local: LocalPage;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await FixtureServer.start();
    // Nobody is signed in, and nobody need be.
    server.session = anonymous;
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-local-'));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    local = await LocalPage.open(browser, server);
    page = local.page;
  });
  afterEach(async () => {
    await local.close();
    expect(local.faults).toEqual([]);
  });

  function written(name: string, content: Uint8Array | string): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  it('reads ten dumps like the command does, with the network cut and without a request', async () => {
    // The workers are there when the screen is.
    await expect.poll(() => page.workers().length, patiently).toBe(4);
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await local.give(tenDumps.map((name) => corpusPath(name)));
    await page.getByRole('heading', { name: '10 dumps' }).waitFor();
    const { list } = local;
    await expect.poll(() => local.unread(), patiently).toBe(0);
    for (const name of tenDumps) {
      await list.getByRole('button', { name: path.basename(name) }).click();
      await page.getByText('read in').waitFor();
      expect(await local.exported('Save as JSON'), name).toBe(await commandJson(corpusPath(name)));
    }
    expect(await local.exported('Save as text (Breakpad)')).toContain('Crash|');
    // The tab's icon is fetched by the browser, whenever the address changes and it has none yet.
    expect(requests.filter((url) => !/^blob:|\/icon\.svg$/.test(url))).toEqual([]);
  });

  it('fills names in when symbols are dropped later, and keeps their indexes', async () => {
    await local.give([corpusPath('own/crashy.dmp')]);
    await page.getByText('No function names for crashy, libc.so.6 on the crashing stack.').waitFor();
    await local.drop(symbolsOfCrashy().map((file) => ({ name: path.basename(file), content: readFileSync(file) })));
    await page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await page.getByText('2 symbol files are in use.').waitFor();
    await page.keyboard.press('s');
    await page.getByText(/2 indexes kept/).waitFor();
  });

  it('opens a zip with symbols, a Crashpad database and several microdumps', async () => {
    const [crashy = ''] = symbolsOfCrashy();
    const zip = await zipOf({
      'a/crashy.dmp': readFileSync(corpusPath('own/crashy.dmp')),
      'a/x.sym': readFileSync(crashy),
    });
    const id = '2f3b9a52-7e0c-4d35-9b3e-111122223333';
    const meta = Buffer.alloc(32 + 9);
    meta.writeInt32LE(1, 0);
    meta.writeInt32LE(2, 4);
    meta.writeBigInt64LE(1_700_000_000n, 16);
    meta.writeUInt8(1, 24);
    meta.write('server-id', 32);
    written(`db/completed/${id}.dmp`, readFileSync(corpusPath('rust-minidump/simple-crashpad.dmp')));
    written(`db/completed/${id}.meta`, meta);
    await local.give([written('all.zip', zip), corpusPath('breakpad/microdump-multiple.dmp')]);
    await page.getByRole('heading', { name: '3 dumps' }).waitFor();
    await page.getByRole('heading', { level: 1, name: /decode_job|null pointer/ }).waitFor();
    await page.keyboard.press('s');
    await page.locator('input[webkitdirectory]').first().setInputFiles(path.join(folder, 'db'));
    const { list } = local;
    await list.getByRole('button', { name: `${id}.dmp` }).click();
    await page.keyboard.press('s');
    await page.getByRole('tab', { name: 'Annotations' }).click();
    await page.getByText('server-id').waitFor();
    await page.getByText('2023-11-14T22:13:20.000Z').waitFor();
  });

  it('does without the browser’s storage when that is full, and says so', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: 100_000 });
    await local.give([corpusPath('own/crashy.dmp')]);
    await page.getByText('read in').waitFor();
    await local.drop(symbolsOfCrashy().map((file) => ({ name: path.basename(file), content: readFileSync(file) })));
    await page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await page.getByText('The browser’s storage is full').first().waitFor();
  });

  it('says in a sentence what is wrong with broken files, and goes on', async () => {
    const whole = readFileSync(corpusPath('own/crashy.dmp'));
    await local.drop([
      { name: 'empty.dmp', content: new Uint8Array() },
      { name: 'noise.dmp', content: Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256) },
      { name: 'cut.dmp', content: whole.subarray(0, 9000) },
      { name: 'letter.docx', content: Buffer.from('Dear reader') },
      { name: 'bad.sym', content: Buffer.from('NOT A MODULE\nFUNC x y z\n') },
      { name: 'bad.zip', content: Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(400, 7)]) },
    ]);
    const { list } = local;
    await expect.poll(() => local.unread(), patiently).toBe(0);
    await page.getByText('is neither a dump nor symbols').waitFor();
    await page.getByText('has no MODULE line at its start').waitFor();
    await page.getByText('is a damaged archive').waitFor();
    await list.getByRole('button', { name: 'noise.dmp' }).click();
    await page.getByRole('heading', { name: 'This file could not be read as a dump' }).waitFor();
    await page.getByText('MINIDUMP_BAD_SIGNATURE').waitFor();
    await list.getByRole('button', { name: 'empty.dmp' }).click();
    await page.getByText('MINIDUMP_TOO_SHORT').waitFor();
    // The page lives, and reads what is whole.
    await local.give([corpusPath('own/crashy.dmp')]);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
  });

  it('lives through damaged dumps and symbols, and reads on', async () => {
    const samples = [...tenDumps, 'breakpad/linux_divide_by_zero.dmp', 'rust-minidump/invalid-range.dmp'];
    const damaged = samples.flatMap((name, at) =>
      [0, 1].map((turn) => {
        const seed = at * 2 + turn;
        return written(`fuzz/${seed}.dmp`, mutate(new Uint8Array(readFileSync(corpusPath(name))), seed));
      }),
    );
    const symbols = symbolsOfCrashy().map((file, at) =>
      written(`fuzz/${at}.sym`, mutate(new Uint8Array(readFileSync(file).subarray(0, 400_000)), at)),
    );
    await local.give([...symbols, ...damaged]);
    await page.getByRole('heading', { name: `${damaged.length} dumps` }).waitFor();
    const { list } = local;
    await expect.poll(() => local.unread(), { timeout: 45_000 }).toBe(0);
    for (const file of damaged.slice(-4)) {
      await list.getByRole('button', { name: path.basename(file) }).click();
      await page
        .getByText(/read in|could not be read as a dump/)
        .first()
        .waitFor();
    }
    await local.give([corpusPath('own/crashy.dmp')]);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
  });

  it('says of a dump that changed that it changed, and keeps what it had', async () => {
    const file = written('changing.dmp', readFileSync(corpusPath('own/crashy.dmp')));
    await local.give([file]);
    await page.getByText('read in').waitFor();
    writeFileSync(file, 'MDMP of another program');
    utimesSync(file, 1, 1);
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('FILE_CHANGED').waitFor();
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
  });
});

/** What `faultline stackwalk --json` prints. */
async function commandJson(dump: string): Promise<string> {
  const { code, stdout } = await runCommand(command, ['--json', dump]);
  expect(code).toBe(0);
  return stdout;
}
