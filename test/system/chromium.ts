import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { faultline, type RunningServer } from './server-process.js';

const chromiumPath = process.env['FAULTLINE_CHROMIUM'] ?? '/usr/bin/chromium';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** False where there is no Chromium, said out loud; an error with CI=true. */
export function requireChromium(): boolean {
  if (existsSync(chromiumPath)) return true;
  const missing = `no Chromium at ${chromiumPath} (apt-get install chromium, or set FAULTLINE_CHROMIUM)`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`SKIPPED: what a browser shows, ${missing}\n`);
  return false;
}

export interface OpenBrowser {
  page: Page;
  /** What the content security policy refused, and errors of the page. */
  violations(): string[];
  close(): Promise<void>;
}

/** A real Chromium, signed in by a one-time link as an admin would be. */
export async function openBrowser(server: RunningServer): Promise<OpenBrowser> {
  const link = await faultline(['login-link', '--data', server.data]);
  const code = /#code=\S+/.exec(link.stdout)?.[0];
  if (code === undefined) throw new Error(`no sign-in link: ${link.stdout} ${link.stderr}`);
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: flags });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  await page.goto(`${server.url}/sign-in${code}`);
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return { page, violations: () => [...problems], close: () => browser.close() };
}
