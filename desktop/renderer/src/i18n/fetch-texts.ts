import { addresses } from 'virtual:texts';
import type { Texts } from './gather-texts.js';
import type { Language } from './languages.js';
import { pseudoTexts } from './pseudo.js';

/** The texts of a language, from beside the page. Throws when they can't be had. */
export async function fetchTexts(language: Language): Promise<Texts> {
  const response = await fetch(addresses[language === 'pseudo' ? 'en' : language]);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const texts = (await response.json()) as Texts;
  return language === 'pseudo' ? pseudoTexts(texts) : texts;
}
