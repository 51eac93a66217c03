/**
 * The text of the search bar: terms joined by blanks, `field:="exact"`, `field:~"contains"`, `-` in front to exclude,
 * `-field:*` for what is missing. The server parses it; the page only adds, removes and recognises whole terms.
 */
export interface QueryTerm {
  /** As written, with its `-`. */
  text: string;
  /** "" for plain words. */
  field: string;
  isExcluded: boolean;
}

/** Splits at blanks outside quotes. */
export function queryTerms(query: string): QueryTerm[] {
  const words = query.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g) ?? [];
  return words.map((text) => {
    const name = /^-?([A-Za-z_][\w.]*):/.exec(text);
    return { text, field: name?.[1] ?? '', isExcluded: text.startsWith('-') };
  });
}

/** Quotes what is not a plain word. */
export function quoteValue(value: string): string {
  return /^\w[\w.+-]*$/.test(value) && !value.includes('..')
    ? value
    : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A term for one exact value; null asks for crashes without the field. */
export function exactTerm(field: string, value: string | number | boolean | null, isExcluded = false): string {
  if (value === null) return isExcluded ? `${field}:*` : `-${field}:*`;
  return `${isExcluded ? '-' : ''}${field}:=${typeof value === 'string' ? quoteValue(value) : String(value)}`;
}

export function hasTerm(query: string, term: string): boolean {
  return queryTerms(query).some((one) => one.text === term);
}

/** Adds the term, and takes away its opposite; a term that is there already is removed. */
export function toggleTerm(query: string, term: string): string {
  const opposite = term.startsWith('-') ? term.slice(1) : `-${term}`;
  const kept = queryTerms(query).filter((one) => one.text !== opposite && one.text !== term);
  if (!hasTerm(query, term)) kept.push({ text: term, field: '', isExcluded: false });
  return kept.map((one) => one.text).join(' ');
}

export function removeTerm(query: string, term: string): string {
  return queryTerms(query)
    .filter((one) => one.text !== term)
    .map((one) => one.text)
    .join(' ');
}

/** What holds for all of the texts; alternatives in one of them stay together. */
export function joinQueries(...queries: string[]): string {
  const given = queries.map((query) => query.trim()).filter((query) => query !== '');
  if (given.length < 2) return given.join('');
  return given.map((query) => (/(^|[\s)])OR([\s(]|$)/.test(query) ? `(${query})` : query)).join(' ');
}
