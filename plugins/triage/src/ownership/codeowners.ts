import type { CodeownersRules, OwnershipRule } from '@faultline/sdk/api';

const mostRules = 5_000;
/** `@person`, `@group/team`, an address. */
const owner = /^(@[\w.-]+(\/[\w./-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+)$/;

/**
 * Reads a CODEOWNERS file (GitHub, GitLab, Gitea): a pattern of paths and its owners on each line, `#` comments,
 * GitLab's `[Section] @owners` as the default of the lines below. What can't be used is named by line.
 */
export function readCodeowners(text: string): CodeownersRules {
  const rules: OwnershipRule[] = [];
  const problems: CodeownersRules['problems'] = [];
  let sectionOwners: string[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const words = wordsOf(raw);
    const [first] = words;
    if (first === undefined) continue;
    const section = /^\^?\[[^\]]*\](?:\[\d+\])?(?:\s+(.*))?$/.exec(raw.trim());
    if (section !== null) {
      sectionOwners = wordsOf(section[1] ?? '').filter((word) => owner.test(word));
      continue;
    }
    const owners = words.slice(1);
    const wrong = owners.find((word) => !owner.test(word));
    if (wrong !== undefined)
      problems.push({ line, message: `"${wrong.slice(0, 80)}" is no @person, @group/team or address.` });
    else if (first.startsWith('!')) problems.push({ line, message: 'A pattern can’t be negated here.' });
    else if (/[[\]]/.test(first)) problems.push({ line, message: 'Ranges in brackets are not read.' });
    else if (first.length > 500) problems.push({ line, message: 'The pattern has more than 500 characters.' });
    else if (rules.length >= mostRules) {
      problems.push({
        line,
        message: `There are more than ${mostRules} rules; this one and those after it are left out.`,
      });
      break;
    } else
      rules.push({ on: 'path', pattern: first, owners: (owners.length > 0 ? owners : sectionOwners).slice(0, 20) });
  }
  return { rules, problems };
}

/** Words of a line; a backslash keeps a space in a word, `#` after a space begins a comment. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.trim().matchAll(/(?:\\.|[^\s\\])+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replaceAll('\\ ', ' ').replace(/^\\#/, '#'));
  }
  return words;
}
