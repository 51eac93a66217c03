import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clientGuides } from '../../../desktop/renderer/src/clients/client-guides.js';

const page = readFileSync(path.resolve('plugins/collector/CLIENTS.md'), 'utf8');
const plain = (text: string): string => text.replace(/\s+/g, ' ');

const texts = JSON.parse(
  readFileSync(new URL('../../../desktop/renderer/src/clients/texts.en.json', import.meta.url), 'utf8'),
) as { clientGuides: Record<string, string> };
/** The words under a key such as `clients.clientGuides.itPrints`. */
const english = (key: string): string => texts.clientGuides[key.split('.').at(-1) ?? ''] ?? key;

it.each(clientGuides)('the page about clients says of $title what the app says', ({ title, code, answer, tried }) => {
  expect(page).toContain(`## ${title}\n`);
  expect(page).toContain(code('https://crashes.example.com/submit'));
  expect(plain(page)).toContain(plain(english(answer)));
  expect(plain(page)).toContain(plain(english(tried)));
});
