/**
 * Strings of a walk that say something of a person or a place: what a shared report should leave out. Each finding is
 * shown before it is removed, because no rule knows what is private in somebody's program.
 */
export type PrivateKind = 'user-name' | 'e-mail' | 'url' | 'secret' | 'host' | 'annotation';

export interface PrivateString {
  kind: PrivateKind;
  /** As it stands in the report. */
  text: string;
  /** Texts of the report that hold it. */
  count: number;
}

const marks: Record<PrivateKind, string> = {
  'user-name': '[user]',
  'e-mail': '[e-mail]',
  url: '[removed]',
  secret: '[secret]',
  host: '[host]',
  annotation: '[removed]',
};

/** Homes of everybody tell of nobody. */
const sharedHomes = /^(public|shared|default|default user|all users|root)$/i;
const mostFound = 1000;

interface Rule {
  kind: PrivateKind;
  /** Its first group is what is private. */
  pattern: RegExp;
}

const rules: Rule[] = [
  { kind: 'user-name', pattern: /(?:^|[^\w])(?:\/(?:var\/)?home|\/Users|\/export\/home)\/([^/\\\s:"'<>|]+)/g },
  { kind: 'user-name', pattern: /[A-Za-z]:[\\/](?:Users|Documents and Settings)[\\/]([^\\/:*?"<>|\r\n]+)/gi },
  { kind: 'e-mail', pattern: /([\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})/g },
  // Query and fragment: what a page was asked for.
  { kind: 'url', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>?#]*[?#]([^\s"'<>]+)/gi },
  { kind: 'secret', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/([^\s/"'<>@]+:[^\s/"'<>@]+)@/gi },
  {
    kind: 'secret',
    pattern:
      /(?:token|api[_-]?key|secret|passw(?:or)?d|passphrase|auth(?:orization)?|cookie|session[_-]?id)["']?\s*[=:]\s*["']?(?:Bearer\s+)?([^\s"',;&]{4,})/gi,
  },
  { kind: 'secret', pattern: /\b(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g },
  { kind: 'host', pattern: /(?:^|\s|")\\\\([A-Za-z0-9._-]{2,})\\/g },
  { kind: 'host', pattern: /(?:\/\/|@)((?:\d{1,3}\.){3}\d{1,3})(?=[:/]|\b)/g },
];

/** Names of annotations whose values are a person's, whatever they hold. */
const privateNames =
  /e-?mail|user_?name|^user(_?id)?$|login|host_?name|computer|machine_?name|^url$|_url$|comment|client_?id|device_?id|serial|^guid$|phone|ip_?addr|token|secret|password|cookie/i;

export interface PrivateSearch {
  texts: Iterable<string>;
  annotations: readonly { name: string; value: unknown }[];
}

/** Findings by kind, then by how often they stand there. */
export function findPrivateStrings({ texts, annotations }: PrivateSearch): PrivateString[] {
  const found = new Map<string, PrivateString>();
  const add = (kind: PrivateKind, text: string): void => {
    const trimmed = text.trim();
    if (trimmed === '' || found.size >= mostFound) return;
    const key = `${kind}\n${trimmed}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { kind, text: trimmed, count: 1 });
    else known.count += 1;
  };
  for (const text of texts) {
    for (const { kind, pattern } of rules) {
      for (const [, part = ''] of text.matchAll(pattern)) {
        if (kind !== 'user-name' || !sharedHomes.test(part)) add(kind, part);
      }
    }
  }
  for (const { name, value } of annotations) {
    if (privateNames.test(name) && typeof value === 'string') add('annotation', value);
  }
  const kinds = Object.keys(marks);
  return [...found.values()].sort(
    (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || other.count - one.count,
  );
}

/** Removes strings from any text; a user's name also where it stands alone as a word. */
export function remover(strings: readonly PrivateString[]): (text: string) => string {
  // The longest first: one may hold another.
  const sorted = [...strings].sort((one, other) => other.text.length - one.text.length);
  const patterns = sorted.map(({ kind, text }) => ({
    pattern: new RegExp(kind === 'user-name' ? `(?<![A-Za-z0-9])${escaped(text)}(?![A-Za-z0-9])` : escaped(text), 'gi'),
    mark: marks[kind],
  }));
  return (text) => patterns.reduce((rest, { pattern, mark }) => rest.replace(pattern, () => mark), text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
