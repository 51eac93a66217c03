/** Order of versions as semver.org (2.0.0, section 11) says: any word or number after a dash comes before the release. */
export function compareSemver(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at++) {
    const order = compareIdentifiers(left.numbers[at] ?? '0', right.numbers[at] ?? '0');
    if (order !== 0) return order;
  }
  // A release has no words behind its dash, and comes after all that have.
  if (left.words.length === 0 || right.words.length === 0) return right.words.length - left.words.length;
  for (let at = 0; at < Math.max(left.words.length, right.words.length); at++) {
    const [mine, other] = [left.words[at], right.words[at]];
    if (mine === undefined || other === undefined) return mine === undefined ? -1 : 1;
    const order = compareIdentifiers(mine, other);
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(version: string): { numbers: string[]; words: string[] } {
  const [core = '', ...rest] = version.slice(0, 256).trim().replace(/^v/i, '').replace(/\+.*$/s, '').split('-');
  const words = rest.join('-');
  return { numbers: core.split('.'), words: words === '' ? [] : words.split('.') };
}

/** Numbers by value and before words, words by code point. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (!isNumber) return a === b ? 0 : a < b ? -1 : 1;
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
