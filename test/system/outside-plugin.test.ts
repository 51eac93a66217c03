import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openBrowser, requireChromium } from './chromium.js';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

/** The files of the README's "Your first plugin": written to a folder of their own, so that the text can't rot. */
function filesOfTheGuide(): Map<string, string> {
  const text = readFileSync(fileURLToPath(new URL('../../plugins/README.md', import.meta.url)), 'utf8');
  const blocks = text.matchAll(/^`([\w./-]+)`:?\n\n```\w+\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map((block) => [block[1] ?? '', block[2] ?? '']));
}

afterAll(cleanUp);

describe('a plugin in a folder outside the repository', () => {
  it('adds a field and a panel that shows it, by configuration alone', { timeout: 90_000 }, async () => {
    const folder = path.join(temporaryFolder(), 'first-plugin');
    const files = filesOfTheGuide();
    expect([...files.keys()]).toContain('package.json');
    for (const [name, text] of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }

    const server = await startServer({ args: ['--set', `plugins=${JSON.stringify([folder])}`] });
    const reader = await Reader.of(server);
    const crashId = await submitAccepted(server.url, { ProductName: 'Paint', Version: '2.0', Mood: 'sunny' });
    const report = await reader.processed(crashId);
    expect(report.processed?.['mood']).toBe('SUNNY');
    expect((await reader.searchable(crashId)).total).toBe(1);

    const listed = await faultline(['plugins', '--data', server.data, '--set', `plugins=${JSON.stringify([folder])}`]);
    expect(listed.stdout).toMatch(/first-plugin\s+active/);

    if (requireChromium()) {
      const browser = await openBrowser(server);
      try {
        await browser.page.goto(`${server.url}/report/${crashId}`);
        await browser.page.getByRole('tab', { name: 'Mood' }).click();
        await browser.page.getByText('The mood was SUNNY').waitFor();
        expect(browser.violations(), 'the panel loads under the content security policy').toEqual([]);
      } finally {
        await browser.close();
      }
    }
    expect(await server.stop()).toBe(0);
  });
});
