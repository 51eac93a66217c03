import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clientGuides } from '../../../desktop/renderer/src/clients/client-guides.js';

const page = readFileSync(path.resolve('plugins/collector/CLIENTS.md'), 'utf8');
const plain = (text: string): string => text.replace(/\s+/g, ' ');

it.each(clientGuides)('the page about clients says of $title what the app says', ({ title, code, answer, tried }) => {
  expect(page).toContain(`## ${title}\n`);
  expect(page).toContain(code('https://crashes.example.com/submit'));
  expect(plain(page)).toContain(plain(answer));
  expect(plain(page)).toContain(plain(tried));
});
