/** Where the source of a stack frame is shown. */
import { webAddress, type ProductSettings } from './product-catalog.js';
import type { JsonValue } from './raw-crash.js';

export interface SourcePlace {
  /** As the symbol file has it: a plain path, or `vcs:root:path:revision`. */
  file: string;
  line: number | null;
}

interface VersionedFile {
  vcs: string;
  root: string;
  path: string;
  revision: string;
}

/** By the product's own links, else by what is known of public hosts; null when neither knows. */
export function sourceLinkOf(place: SourcePlace, links: ProductSettings['sourceLinks']): string | null {
  return sourceLink(place, links) ?? defaultSourceLink(place);
}

/** By the first of the links whose prefix begins the file; null when none does, or it gives no web address. */
export function sourceLink({ file, line }: SourcePlace, links: ProductSettings['sourceLinks']): string | null {
  const path = file.replaceAll('\\', '/');
  const found = links.find(({ prefix }) => path.startsWith(prefix.replaceAll('\\', '/')));
  if (found === undefined) return null;
  const versioned = versionedFile(path);
  if (versioned === null) return filled(found.url, { path: path.slice(found.prefix.length), line });
  const { vcs, root } = versioned;
  const inPath = Math.max(0, found.prefix.length - `${vcs}:${root}:`.length);
  return filled(found.url, { ...versioned, path: versioned.path.slice(inPath), line });
}

/** How the hosts show a file. Patterns are of `root`, as far as its host goes. */
const hosts: { vcs: string; root: RegExp; url: string }[] = [
  { vcs: 'git', root: /^github\.com\//, url: 'https://{root}/blob/{revision}/{path}#L{line}' },
  { vcs: 'git', root: /^gitlab\./, url: 'https://{root}/-/blob/{revision}/{path}#L{line}' },
  { vcs: 'git', root: /^bitbucket\.org\//, url: 'https://{root}/src/{revision}/{path}#lines-{line}' },
  {
    vcs: 'git',
    root: /^(?:gitea\.|forgejo\.|codeberg\.org\/)/,
    url: 'https://{root}/src/commit/{revision}/{path}#L{line}',
  },
  { vcs: 'git', root: /^[a-z0-9-]+\.googlesource\.com\//, url: 'https://{root}/+/{revision}/{path}#{line}' },
  { vcs: 'hg', root: /^/, url: 'https://{root}/file/{revision}/{path}#l{line}' },
  // Generated sources in a bucket; its objects have no lines to point at, and their path holds the revision.
  { vcs: 's3', root: /^[a-z0-9][a-z0-9.-]{1,62}$/, url: 'https://{root}.s3.amazonaws.com/{path}' },
];

/** A host with a dot in it, then folders: what else stands there is no place on the web. */
const webRoot = /^[a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]+(?:\/[\w.~+-]+)*$/i;
const bucket = /^[a-z0-9.-]+$/;

/**
 * By the usual pages of GitHub, GitLab, Bitbucket, Gitea and Forgejo, Gitiles, hgweb, and S3 buckets, told by the root
 * of a file of the form `vcs:root:path:revision`. A host that runs one of them under another name needs a link of the
 * product: `{prefix: "git:git.example.com/", url: "https://{root}/-/blob/{revision}/{path}#L{line}"}`.
 */
export function defaultSourceLink({ file, line }: SourcePlace): string | null {
  const versioned = versionedFile(file);
  // A colon in the path is one too many: a port, or no file of a repository.
  if (versioned === null || versioned.path === '' || versioned.path.includes(':')) return null;
  const { vcs, root, revision } = versioned;
  if (vcs === 's3' ? !bucket.test(root) : !webRoot.test(root) || revision === '') return null;
  const host = hosts.find((one) => one.vcs === vcs && one.root.test(root));
  return host === undefined ? null : filled(host.url, { ...versioned, line });
}

/** Null for a plain path. A drive letter is no system of versions. */
function versionedFile(file: string): VersionedFile | null {
  const [, vcs = '', root = '', path = '', revision = ''] = /^([a-z0-9]{2,10}):([^:]+):(.*):([^:]*)$/i.exec(file) ?? [];
  return vcs === '' ? null : { vcs: vcs.toLowerCase(), root, path, revision };
}

/** A part of an address that would point at a line is left off where the line is not known. */
function filled(url: string, values: Partial<VersionedFile> & { line: number | null }): string | null {
  const template = values.line === null ? url.replace(/#[^#{]*\{line\}$/, '') : url;
  const text = template.replace(/\{(root|path|line|revision)\}/g, (_, key: 'root' | 'path' | 'line' | 'revision') =>
    String(values[key] ?? '')
      .split('/')
      .map((part) => encodeURIComponent(part).replaceAll('%3A', ':'))
      .join('/'),
  );
  return webAddress(text);
}

/** The same walk, where each frame and inlined call whose source can be shown has a `source_link`. */
export function withSourceLinks(walk: JsonValue, links: ProductSettings['sourceLinks']): JsonValue {
  if (!isObject(walk)) return walk;
  const { threads, crashing_thread: crashing } = walk;
  return {
    ...walk,
    ...(Array.isArray(threads) ? { threads: threads.map((thread) => linkedThread(thread, links)) } : {}),
    ...(crashing === undefined ? {} : { crashing_thread: linkedThread(crashing, links) }),
  };
}

function linkedThread(thread: JsonValue, links: ProductSettings['sourceLinks']): JsonValue {
  if (!isObject(thread) || !Array.isArray(thread['frames'])) return thread;
  return { ...thread, frames: thread['frames'].map((frame) => linkedFrame(frame, links)) };
}

function linkedFrame(frame: JsonValue, links: ProductSettings['sourceLinks']): JsonValue {
  if (!isObject(frame)) return frame;
  const { file, line, inlines } = frame;
  const address =
    typeof file === 'string' && file !== ''
      ? sourceLinkOf({ file, line: typeof line === 'number' ? line : null }, links)
      : null;
  return {
    ...frame,
    ...(Array.isArray(inlines) ? { inlines: inlines.map((call) => linkedFrame(call, links)) } : {}),
    ...(address === null ? {} : { source_link: address }),
  };
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
