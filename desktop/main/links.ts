import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
  const view = host === 'open' || host === '' ? url.pathname : `/${host}${url.pathname === '/' ? '' : url.pathname}`;
  const server = url.searchParams.get('server') ?? '';
  url.searchParams.delete('server');
  if (server !== '' && !/^https?:\/\//i.test(server)) return null;
  const query = url.searchParams.toString();
  const place = `${view}${query === '' ? '' : `?${query}`}`;
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

/**
 * Dumps and symbols among them, as whole paths. The first word is the program, in development the folder too.
 *
 * @param folder where the words were typed: a second start stands in another folder than the first
 */
export function filesOfArguments(words: readonly string[], folder: string): string[] {
  return words
    .slice(1)
    .filter((word) => /\.(dmp|mdmp|dump|sym|sym\.gz|zip)$/i.test(word) && !word.startsWith('-'))
    .flatMap((word) => pathOfWord(word, folder) ?? []);
}

/**
 * Folklore: a package's entry in the menus of Linux ends in `%U`, and file managers (GLib's, seen 2.74) fill it with
 * `file:///home/jane/my%20crash.dmp` where others give a path.
 */
function pathOfWord(word: string, folder: string): string | null {
  if (!/^[a-z][a-z+.-]+:\/\//i.test(word)) return path.resolve(folder, word);
  try {
    return fileURLToPath(word);
  } catch {
    // An address of something else, or of another computer.
    return null;
  }
}
