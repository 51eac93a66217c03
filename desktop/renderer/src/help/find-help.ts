import { Index } from 'flexsearch';
import type { HelpSection } from './help-sections.js';

const mostFound = 20;

/** Finds sections by the beginnings of words, all of them; titles before texts. */
export function helpFinder(sections: readonly HelpSection[]): (words: string) => HelpSection[] {
  const titles = new Index({ tokenize: 'forward' });
  const texts = new Index({ tokenize: 'forward' });
  for (const [at, { title, of, text }] of sections.entries()) {
    titles.add(at, `${title} ${of}`);
    texts.add(at, `${title} ${of} ${text}`);
  }
  return (words) => {
    const found = [...titles.search(words, { limit: mostFound }), ...texts.search(words, { limit: mostFound })];
    return [...new Set(found.map(Number))].slice(0, mostFound).flatMap((at) => sections[at] ?? []);
  };
}
