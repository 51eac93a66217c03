/** A `faultline://` link: a place of the page, maybe on a server that it names. */
export interface AppLink {
  /** Address of the server; "" for the one in use. */
  server: string;
  /** Path, query and fragment of the page. */
  place: string;
}

const longest = 4000;
/** Screens that a link may open: none of them does anything by being opened. */
const places =
  /^\/(inbox|group|topcrashers|search|reports|report\/[0-9a-f-]{36}|local|symbols|operations|products)(?=$|[/?#])/;

/**
 * `faultline://open/report/<id>?server=https%3A%2F%2Fcrashes.example.org%2F`, and `faultline://report/<id>` for short.
 * Null for anything else: a link comes from anywhere.
 */
export function parseLink(text: string): AppLink | null {
  if (text.length > longest || !/^faultline:\/\//i.test(text)) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const host = url.host.toLowerCase();
  const path = host === 'open' || host === '' ? url.pathname : `/${host}${url.pathname === '/' ? '' : url.pathname}`;
  const server = url.searchParams.get('server') ?? '';
  url.searchParams.delete('server');
  if (server !== '' && !/^https?:\/\//i.test(server)) return null;
  const query = url.searchParams.toString();
  const place = `${path}${query === '' ? '' : `?${query}`}`;
  return places.test(place) ? { server, place } : null;
}

/** A link among the words that a second start of the app was given. */
export function linkOfArguments(words: readonly string[]): AppLink | null {
  for (const word of words) {
    const link = parseLink(word);
    if (link !== null) return link;
  }
  return null;
}

/** Dumps among them: what is no option and no link. The first word is the program, in development the folder too. */
export function filesOfArguments(words: readonly string[]): string[] {
  return words.slice(1).filter((word) => /\.(dmp|mdmp|dump|sym|zip)$/i.test(word) && !word.startsWith('-'));
}
