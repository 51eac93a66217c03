import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { adminSession } from './admin-session.js';
import type { RunningServer } from './server-process.js';

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

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}

export interface OpenBrowser {
  page: Page;
  /** What the content security policy refused, and errors of the page. */
  violations(): string[];
  close(): Promise<void>;
}

/** A real Chromium, signed in as the admin whom the start invited. */
export async function openBrowser(server: RunningServer): Promise<OpenBrowser> {
  const { cookie } = await adminSession(server);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  await page.context().addCookies([cookieOf(cookie, server.url)]);
  return { page, violations: () => [...problems], close: () => browser.close() };
}

/** A cookie as the server sets it, with what it says of other sites and of scripts. */
function cookieOf(header: string, url: string) {
  const [pair = ''] = header.split(';');
  const equals = pair.indexOf('=');
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    url,
    httpOnly: /; *HttpOnly/i.test(header),
    sameSite: /; *SameSite=Strict/i.test(header) ? ('Strict' as const) : ('Lax' as const),
  };
}
