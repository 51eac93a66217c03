import { describe, expect, it } from 'vitest';
import { gatherTexts } from '../../../desktop/renderer/src/i18n/gather-texts.js';
import { browserLanguage } from '../../../desktop/renderer/src/i18n/languages.js';
import { pseudo, pseudoTexts } from '../../../desktop/renderer/src/i18n/pseudo.js';

describe('the pseudo language', () => {
  it('accents every letter, keeps placeholders and plural forms, and is longer', () => {
    const message = pseudo('{n} group | {n} groups');
    expect(message).toMatch(/^\{n\} .+ \| \{n\} .+$/);
    expect(message.replace(/\{n\}/g, '')).not.toMatch(/[a-z]/i);
    expect(pseudo('Nothing selected').length).toBeGreaterThan('Nothing selected'.length);
  });

  it('reaches nested texts', () => {
    expect(pseudoTexts({ inbox: { empty: 'None' } })).toEqual({ inbox: { empty: pseudo('None') } });
  });
});

describe('areas of texts', () => {
  it('are named by their folder, as one word', () => {
    expect(gatherTexts({ '../top-crashers/texts.en.json': { rank: 'Rank' } })).toEqual({
      topCrashers: { rank: 'Rank' },
    });
  });
});

describe('the language of the browser', () => {
  it('is the first one we have, whatever its region', () => {
    expect(browserLanguage(['fr-CA', 'de-AT', 'en'])).toBe('de');
    expect(browserLanguage([])).toBe('en');
  });
});
