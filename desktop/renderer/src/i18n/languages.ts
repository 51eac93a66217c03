/** Languages of the screens. `pseudo` is English with accents, for finding text that was not translated. */
export const languages = ['en', 'de', 'pseudo'] as const;
export type Language = (typeof languages)[number];

/** Each language in its own words, as the menu shows it; `pseudo` is chosen by tests, not in the menu. */
export const languageNames: Readonly<Record<Exclude<Language, 'pseudo'>, string>> = {
  en: 'English',
  de: 'Deutsch',
};

/** The first language of the browser's list that we have; English otherwise. */
export function browserLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const known = languages.find((language) => language === tag.toLowerCase().split('-')[0]);
    if (known !== undefined) return known;
  }
  return 'en';
}
