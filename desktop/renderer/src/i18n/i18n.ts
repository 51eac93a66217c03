import { shallowRef } from 'vue';
import { createI18n } from 'vue-i18n';
import type { Texts } from './gather-texts.js';
import { browserLanguage, type Language } from './languages.js';

/**
 * The texts of the screens. Templates and code call the same `t`: it follows the language in templates, computed
 * values and watchers. How texts are written stands in README.md beside this file.
 */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  // Every language has every text: a test compares their keys.
  fallbackLocale: false,
  messages: { en: {}, de: {}, pseudo: {} },
  missingWarn: false,
  fallbackWarn: false,
});

/** The one of its many forms that is used here: its generic type is too deep for the checker. */
const translate: (key: string, named: Record<string, unknown>, options: { plural?: number }) => string = i18n.global.t;

/** The text under a key; `{n}` of `t(key, { n }, n)` also chooses the plural form. A key nobody wrote gives itself. */
export function t(key: string, named: Record<string, unknown> = {}, plural?: number): string {
  return translate(key, named, plural === undefined ? {} : { plural });
}

/**
 * BCP 47 tag for numbers, dates and sorting; undefined is the browser's own, which knows the user's region. Only where
 * the language chosen is another than the browser's does it follow the language.
 */
export function localeTag(): string | undefined {
  return tag.value;
}
const tag = shallowRef<string>();

/** Shows the screens in a language. */
export function speak(language: Language, texts: Texts): void {
  i18n.global.setLocaleMessage(language, texts);
  i18n.global.locale.value = language;
  tag.value = language === 'pseudo' || language === browserLanguage(navigator.languages) ? undefined : language;
  document.documentElement.lang = language === 'pseudo' ? 'en' : language;
}
