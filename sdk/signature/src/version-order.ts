/**
 * The one order of versions: which of two came first. Regressions, facets and "first seen in" all ask here.
 *
 * A version is read as numbers (`120.0.1`), then words that say how far from release it is (`b3`, `-rc.1`, `esr`),
 * then a build (`+20240131`, `(1234)`). Numbers are compared as numbers of any length, missing ones count as 0. Words
 * are ranked: dev < nightly < alpha < beta < pre < rc < release < esr < post. What can't be read comes first.
 *
 * Two habits disagree about `1.2.3-4`: a package's revision is later than `1.2.3`, a semver pre-release is earlier.
 * Crash reports show the former (Linux packages, `git describe`), so later it is; a product that means the latter
 * has an override.
 */

import { compareSemver } from './semver-order.js';

/** Negative when `a` came before `b`, 0 when they are the same version, positive when after. */
export type VersionComparison = (a: string, b: string) => number;

/** Orders of products that number their versions in their own way, by product name. */
export type VersionOverrides = Readonly<Record<string, VersionComparison>>;

const release = 0;
/** How far from release a word says a version is. */
const ranks: Readonly<Record<string, number>> = {
  dev: -70,
  snapshot: -70,
  nightly: -60,
  canary: -60,
  insider: -60,
  insiders: -60,
  a: -50,
  alpha: -50,
  b: -40,
  beta: -40,
  preview: -40,
  m: -40,
  milestone: -40,
  pre: -30,
  prerelease: -30,
  c: -20,
  rc: -20,
  cr: -20,
  final: release,
  ga: release,
  release,
  stable: release,
  esr: 10,
  lts: 10,
  r: 20,
  rev: 20,
  u: 20,
  update: 20,
  p: 20,
  patch: 20,
  hotfix: 20,
  post: 20,
  sp: 20,
};
/** A word that isn't ranked: after a dash it is a pre-release as in semver, elsewhere a later letter (`1.0.2k`). */
const unknownPreRelease = -80;
const unknownLater = 30;
const maxLength = 256;

interface Word {
  rank: number;
  text: string;
  /** Numbers after the word, digits as text. */
  numbers: string[];
}

interface ParsedVersion {
  numbers: string[];
  words: Word[];
  build: string;
}

/**
 * Compares two versions.
 * @param options.product finds the product's own order in `overrides`
 */
export function compareVersions(
  a: string,
  b: string,
  { product, overrides }: { product?: string; overrides?: VersionOverrides } = {},
): number {
  const own = product !== undefined && overrides !== undefined && Object.hasOwn(overrides, product);
  const comparison = own ? overrides[product] : undefined;
  return comparison === undefined ? compareParsed(parse(a), parse(b)) : comparison(a, b);
}

/** Orders that a product's configuration may name. */
export const versionOrders = {
  standard: (a: string, b: string) => compareVersions(a, b),
  semver: compareSemver,
  /** Letter by letter: for versions that are dates or hashes of one length. */
  text: (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1),
} as const satisfies Readonly<Record<string, VersionComparison>>;
export type VersionOrderName = keyof typeof versionOrders;

/** Compares builds of one version: numbers and dates by value (`20240131` before `20240201`), others as text. */
export function compareBuilds(a: string, b: string): number {
  if (isNumbers(a) && isNumbers(b)) return compareNumberLists(a.split(/\D/), b.split(/\D/));
  return a === b ? 0 : a < b ? -1 : 1;
}

function isNumbers(build: string): boolean {
  return /^\d+(?:[.\-_ ]\d+)*$/.test(build);
}

function compareParsed(a: ParsedVersion, b: ParsedVersion): number {
  if (a.numbers.length === 0 || b.numbers.length === 0) {
    const known = Math.sign(a.numbers.length) - Math.sign(b.numbers.length);
    if (known !== 0) return known;
  }
  return compareNumberLists(a.numbers, b.numbers) || compareWords(a.words, b.words) || compareKnownBuilds(a, b);
}

function compareWords(a: readonly Word[], b: readonly Word[]): number {
  const none: Word = { rank: release, text: '', numbers: [] };
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const left = a[at] ?? none;
    const right = b[at] ?? none;
    if (left.rank !== right.rank) return left.rank - right.rank;
    const isUnranked = left.rank === unknownPreRelease || left.rank === unknownLater;
    if (isUnranked && left.text !== right.text) return left.text < right.text ? -1 : 1;
    const order = compareNumberLists(left.numbers, right.numbers);
    if (order !== 0) return order;
  }
  return 0;
}

/** A version with a build and the same without are the same: nobody knows which build the latter was. */
function compareKnownBuilds(a: ParsedVersion, b: ParsedVersion): number {
  return a.build === '' || b.build === '' ? 0 : compareBuilds(a.build, b.build);
}

function compareNumberLists(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = compareNumbers(a[at] ?? '0', b[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Digits as text, so that 2^53 is no limit. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

function parse(version: string): ParsedVersion {
  const text = version.slice(0, maxLength).trim().toLowerCase();
  const build = /\+(.*)$|\(([^)]*)\)\s*$/.exec(text);
  const rest = build === null ? text : text.slice(0, build.index);
  const parsed: ParsedVersion = { numbers: [], words: [], build: (build?.[1] ?? build?.[2] ?? '').trim() };
  // `v1.2`, `version 1.2`, `r1234`: a word before the first number names what follows.
  const start = rest.search(/\d/);
  if (start < 0) return parsed;
  // `git describe` ends in `-g` and a commit, which says nothing about order.
  const body = rest.slice(start).replace(/-g[0-9a-f]{7,40}(?=$|-)/, '');
  for (const [, separator = '', digits, word] of body.matchAll(/([^0-9a-z]*)(?:(\d+)|([a-z]+))/g)) {
    if (digits !== undefined) (parsed.words.at(-1)?.numbers ?? parsed.numbers).push(digits);
    else if (word !== undefined) parsed.words.push({ rank: rankOf(word, separator), text: word, numbers: [] });
  }
  return parsed;
}

function rankOf(word: string, separator: string): number {
  if (Object.hasOwn(ranks, word)) return ranks[word] ?? release;
  return separator.startsWith('-') ? unknownPreRelease : unknownLater;
}
