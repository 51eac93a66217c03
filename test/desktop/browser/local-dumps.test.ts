import axe, { type AxeResults } from 'axe-core';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeMinidump } from '@faultline/minidump';
import { runCommand } from '@faultline/server/testing';
import { corpusPath, hasCorpus, requireCorpus } from '../../corpus.js';
import * as command from '../../../plugins/stackwalk/src/cli/stackwalk.js';
import { mutate } from '../../sdk/minidump/fuzz/mutate.js';
import { zipOf } from '../../plugins/symbols/symbol-zip.js';
import { launchBrowser, whyNoBrowser } from '../fixture/chromium.js';
import { FixtureServer } from '../fixture/fixture-server.js';
import { anonymous } from '../fixture/sample-system.js';

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

/** What axe finds wrong, in a form that says where. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const result = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    return engine.run(document);
  });
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

/** The same in each look of the page; the first one comes back. */
async function violationsInThemes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['dark', 'light']) {
    await page.evaluate((wanted) => {
      const key = 'faultline.preferences';
      const saved = JSON.parse(localStorage.getItem(key) ?? '{}') as object;
      localStorage.setItem(key, JSON.stringify({ ...saved, theme: wanted, hasSeenTour: true }));
      window.dispatchEvent(new StorageEvent('storage', { key }));
    }, theme);
    await page.locator(`html[data-theme^="${theme}"]`).waitFor();
    found.push(...(await violations(page)).map((line) => `${theme}: ${line}`));
  }
  return found;
}

describe.skipIf(whyNoBrowser() !== null || !hasCorpus)('local dumps in a browser', () => {
  let browser: Browser;
  let server: FixtureServer;
  let page: Page;
  let folder: string;
  const faults: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-local-'));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    server = await FixtureServer.start();
    // Nobody is signed in, and nobody need be.
    server.session = anonymous;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
    page = await context.newPage();
    faults.length = 0;
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught|\[Vue/.test(message.text())) faults.push(message.text());
    });
    await page.goto(`${server.url}local`);
    await page.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
    expect(faults).toEqual([]);
  });

  async function give(files: string[]): Promise<void> {
    await page.locator('[data-local-files]').first().setInputFiles(files);
  }

  /** As a person drops them: a drop event with files somewhere on the page. */
  async function drop(files: { name: string; content: Uint8Array }[]): Promise<void> {
    await page.evaluate(
      (given) => {
        const transfer = new DataTransfer();
        for (const { name, content } of given) {
          transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
        }
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      },
      files.map(({ name, content }) => ({ name, content: Buffer.from(content).toString('base64') })),
    );
  }

  async function exported(item: string): Promise<string> {
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByText(item).click();
    return readFileSync(await (await download).path(), 'utf8');
  }

  function written(name: string, content: Uint8Array | string): string {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  function symbolsOfCrashy(): string[] {
    const all = readdirSync(corpusPath('own/symbols'), { recursive: true, encoding: 'utf8' });
    return all.filter((name) => name.endsWith('.sym')).map((name) => corpusPath('own/symbols', name));
  }

  it('reads ten dumps like the command does, with the network cut and without a request', async () => {
    // The workers are there when the screen is.
    await expect.poll(() => page.workers().length, patiently).toBe(4);
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await give(tenDumps.map((name) => corpusPath(name)));
    await page.getByRole('heading', { name: '10 dumps' }).waitFor();
    const list = page.getByRole('navigation', { name: 'Open dumps' });
    await expect.poll(() => list.getByText(/waits|is being read/).count(), patiently).toBe(0);
    for (const name of tenDumps) {
      await list.getByRole('button', { name: path.basename(name) }).click();
      await page.getByText('read in').waitFor();
      expect(await exported('Save as JSON'), name).toBe(await commandJson(corpusPath(name)));
    }
    expect(await exported('Save as text (Breakpad)')).toContain('Crash|');
    // The tab's icon is fetched by the browser, whenever the address changes and it has none yet.
    expect(requests.filter((url) => !/^blob:|\/icon\.svg$/.test(url))).toEqual([]);
  });

  it('fills names in when symbols are dropped later, and keeps their indexes', async () => {
    await give([corpusPath('own/crashy.dmp')]);
    await page.getByText('No function names for crashy, libc.so.6 on the crashing stack.').waitFor();
    await drop(symbolsOfCrashy().map((file) => ({ name: path.basename(file), content: readFileSync(file) })));
    await page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await page.getByText('2 symbol files are in use.').waitFor();
    await page.keyboard.press('s');
    await page.getByText(/2 indexes kept/).waitFor();
  });

  it('does without the browser’s storage when that is full, and says so', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: 100_000 });
    await give([corpusPath('own/crashy.dmp')]);
    await page.getByText('read in').waitFor();
    await drop(symbolsOfCrashy().map((file) => ({ name: path.basename(file), content: readFileSync(file) })));
    await page.getByRole('heading', { level: 1, name: /decode_job/ }).waitFor();
    await page.getByText('The browser’s storage is full').first().waitFor();
  });

  it('takes what is private out of a report to share, after showing it', async () => {
    const dump = await writeMinidump({
      os: 'Linux',
      cpu: 'amd64',
      modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '/home/jane.roe/bin/app' }],
      threads: [
        {
          id: 1,
          name: 'jane.roe',
          registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n },
          stack: { start: 0x7fff_0000n, words: [0] },
        },
      ],
      exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n } },
      linux: {
        commandLine: ['/home/jane.roe/bin/app', '--password=hunter22'],
        environment: { SECRET_NAME_OF_ENV: 'x' },
      },
      crashpad: {
        annotations: {
          email: 'jane.roe@example.org',
          last_page: 'https://bank.example.org/pay?account=DE8937&pin=1234#step',
          comment_of_user: 'my cat is called Minka',
          note: 'saved to C:\\Users\\Jane Roe\\Desktop\\x.txt',
          version: '7.1.2',
        },
      },
    });
    await give([written('private.dmp', dump)]);
    await page.getByText('read in').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByText('Save as a report to share (HTML)').click();
    const dialog = page.getByRole('dialog', { name: 'A report to share' });
    await dialog.getByText('User names in paths').waitFor();
    expect(await dialog.getByRole('checkbox', { name: /jane\.roe/ }).count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const html = readFileSync(await (await download).path(), 'utf8');
    for (const planted of [
      'jane',
      'roe@',
      'hunter22',
      'SECRET_NAME_OF_ENV',
      'DE8937',
      'pin=1234',
      'Minka',
      'Jane Roe',
    ]) {
      expect(html.toLowerCase(), planted).not.toContain(planted.toLowerCase());
    }
    expect(html).toContain('7.1.2');
    expect(html).toContain('https://bank.example.org/pay?[removed]');
    expect(html).not.toMatch(/<script|src=|href=/);
  });

  it('says in a sentence what is wrong with broken files, and goes on', async () => {
    const whole = readFileSync(corpusPath('own/crashy.dmp'));
    await drop([
      { name: 'empty.dmp', content: new Uint8Array() },
      { name: 'noise.dmp', content: Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256) },
      { name: 'cut.dmp', content: whole.subarray(0, 9000) },
      { name: 'letter.docx', content: Buffer.from('Dear reader') },
      { name: 'bad.sym', content: Buffer.from('NOT A MODULE\nFUNC x y z\n') },
      { name: 'bad.zip', content: Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(400, 7)]) },
    ]);
    const list = page.getByRole('navigation', { name: 'Open dumps' });
    await expect.poll(() => list.getByText(/waits|is being read/).count(), patiently).toBe(0);
    await page.getByText('is neither a dump nor symbols').waitFor();
    await page.getByText('has no MODULE line at its start').waitFor();
    await page.getByText('is a damaged archive').waitFor();
    await list.getByRole('button', { name: 'noise.dmp' }).click();
    await page.getByRole('heading', { name: 'This file could not be read as a dump' }).waitFor();
    await page.getByText('MINIDUMP_BAD_SIGNATURE').waitFor();
    await list.getByRole('button', { name: 'empty.dmp' }).click();
    await page.getByText('MINIDUMP_TOO_SHORT').waitFor();
    // The page lives, and reads what is whole.
    await give([corpusPath('own/crashy.dmp')]);
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
    await give([...symbols, ...damaged]);
    await page.getByRole('heading', { name: `${damaged.length} dumps` }).waitFor();
    const list = page.getByRole('navigation', { name: 'Open dumps' });
    await expect.poll(() => list.getByText(/waits|is being read/).count(), { timeout: 45_000 }).toBe(0);
    for (const file of damaged.slice(-4)) {
      await list.getByRole('button', { name: path.basename(file) }).click();
      await page
        .getByText(/read in|could not be read as a dump/)
        .first()
        .waitFor();
    }
    await give([corpusPath('own/crashy.dmp')]);
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
  });

  it('says of a dump that changed that it changed, and keeps what it had', async () => {
    const file = written('changing.dmp', readFileSync(corpusPath('own/crashy.dmp')));
    await give([file]);
    await page.getByText('read in').waitFor();
    writeFileSync(file, 'MDMP of another program');
    utimesSync(file, 1, 1);
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('FILE_CHANGED').waitFor();
    await page.getByRole('heading', { level: 1, name: /null pointer/ }).waitFor();
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
    await give([written('all.zip', zip), corpusPath('breakpad/microdump-multiple.dmp')]);
    await page.getByRole('heading', { name: '3 dumps' }).waitFor();
    await page.getByRole('heading', { level: 1, name: /decode_job|null pointer/ }).waitFor();
    await page.keyboard.press('s');
    await page.locator('input[webkitdirectory]').first().setInputFiles(path.join(folder, 'db'));
    const list = page.getByRole('navigation', { name: 'Open dumps' });
    await list.getByRole('button', { name: `${id}.dmp` }).click();
    await page.keyboard.press('s');
    await page.getByRole('tab', { name: 'Annotations' }).click();
    await page.getByText('server-id').waitFor();
    await page.getByText('2023-11-14T22:13:20.000Z').waitFor();
  });

  it('shows memory, follows a pointer and finds text', async () => {
    await give([corpusPath('own/crashy.dmp')]);
    await page.getByText('read in').waitFor();
    await page.getByRole('tab', { name: 'Memory' }).click();
    const bytes = page.getByRole('region', { name: 'Bytes' });
    await expect.poll(() => bytes.getByRole('row').nth(3).textContent(), patiently).toMatch(/[0-9a-f]{16}/);
    await page.getByPlaceholder('Go to address').fill('0x7f9464063c70');
    await page.keyboard.press('Enter');
    await bytes.getByText(/^→ 0x/).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByPlaceholder('Find text').fill('hex: 00 00 00 00 00 00 00 00');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url(), patiently).toMatch(/address=0x7f9464063c/);
  });

  it('compares two dumps, and has nothing for axe to find', async () => {
    expect(await violationsInThemes(page)).toEqual([]);
    await give([corpusPath('breakpad/ascii_read_av.dmp'), corpusPath('breakpad/ascii_read_av_xchg_write.dmp')]);
    await page.getByRole('heading', { name: '2 dumps' }).waitFor();
    await page.getByText('read in').waitFor();
    expect(await violationsInThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Compare with' }).click();
    await page.locator('.n-dropdown-option').first().click();
    await page.getByText(/frames? in common/).waitFor();
    await page.getByRole('region', { name: 'Registers that differ' }).waitFor();
    expect(await violationsInThemes(page)).toEqual([]);
  });
});

/** What `faultline stackwalk --json` prints. */
async function commandJson(dump: string): Promise<string> {
  const { code, stdout } = await runCommand(command, ['--json', dump]);
  expect(code).toBe(0);
  return stdout;
}
