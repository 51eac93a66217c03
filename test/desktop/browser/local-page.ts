import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { corpusPath } from '../../corpus.js';
import type { FixtureServer } from '../fixture/fixture-server.js';
import { AxeFindings } from './axe-findings.js';

/** The screen of local dumps in a context of its own, as a person has it. */
export class LocalPage {
  /** Faults of the page and breaches of its CSP, as the browser reported them. */
  readonly faults: string[] = [];
  readonly axe: AxeFindings;

  private constructor(readonly page: Page) {
    this.axe = new AxeFindings(page);
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught|\[Vue/.test(message.text())) this.faults.push(message.text());
    });
  }

  static async open(browser: Browser, server: FixtureServer): Promise<LocalPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
    const local = new LocalPage(await context.newPage());
    await local.page.goto(`${server.url}local`);
    await local.page.getByRole('heading', { name: 'Open a crash dump' }).waitFor();
    return local;
  }

  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Open dumps' });
  }

  /** Of the dumps in the list, those that still wait or are being read. */
  unread(): Promise<number> {
    return this.list.getByText(/waits|is being read/).count();
  }

  async give(files: string[]): Promise<void> {
    await this.page.locator('[data-local-files]').first().setInputFiles(files);
  }

  /** As a person drops them: a drop event with files somewhere on the page. */
  async drop(files: { name: string; content: Uint8Array }[]): Promise<void> {
    await this.page.evaluate(
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

  async exported(item: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Export' }).click();
    const download = this.page.waitForEvent('download');
    await this.page.getByText(item).click();
    return readFileSync(await (await download).path(), 'utf8');
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** Symbol files of `own/crashy.dmp`, the program's first. */
export function symbolsOfCrashy(): string[] {
  const all = readdirSync(corpusPath('own/symbols'), { recursive: true, encoding: 'utf8' });
  return all.filter((name) => name.endsWith('.sym')).map((name) => corpusPath('own/symbols', name));
}
