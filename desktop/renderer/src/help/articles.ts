import { i18n } from '../i18n/i18n.js';
import { pseudo } from '../i18n/pseudo.js';

/** Articles in their order; the name is the end of the address. */
export const articleNames = ['first-steps', 'search', 'grouping', 'protected-data'] as const;
export type ArticleName = (typeof articleNames)[number];

export interface Article {
  name: ArticleName;
  title: string;
  markdown: string;
}

const files = {
  en: import.meta.glob<string>('./articles/en/*.md', { eager: true, query: '?raw', import: 'default' }),
  de: import.meta.glob<string>('./articles/de/*.md', { eager: true, query: '?raw', import: 'default' }),
};

/** The articles in the language of the screens; English for what is not translated. */
export function articles(): Article[] {
  const language = i18n.global.locale.value === 'de' ? 'de' : 'en';
  return articleNames.map((name) => {
    const markdown = files[language][`./articles/${language}/${name}.md`] ?? files.en[`./articles/en/${name}.md`] ?? '';
    const title = /^# (.+)$/m.exec(markdown)?.[1] ?? name;
    return { name, title: i18n.global.locale.value === 'pseudo' ? pseudo(title) : title, markdown };
  });
}
