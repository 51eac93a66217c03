/** Tests of the screens' code read English words, as the page does; other tests don't load them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { gatherTexts, type Texts } from '../../desktop/renderer/src/i18n/gather-texts.js';

if (expect.getState().testPath?.includes('/test/desktop/') === true) {
  const { i18n } = await import('../../desktop/renderer/src/i18n/i18n.js');
  const areas = path.resolve('desktop/renderer/src');
  const files = readdirSync(areas, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('/texts.en.json'),
  );
  const texts = files.map((file) => [file, JSON.parse(readFileSync(path.join(areas, file), 'utf8')) as Texts] as const);
  i18n.global.setLocaleMessage('en', gatherTexts(Object.fromEntries(texts)));
}
