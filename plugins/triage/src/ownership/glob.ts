import { RE2JS } from 're2js';

/**
 * A pattern with `*`, `**` and `?` as an expression that runs in linear time.
 * @param isPath `*` and `?` stop at a slash; the pattern may begin anywhere in the path unless it begins with `/`
 */
export function globExpression(pattern: string, isPath: boolean): RE2JS {
  return RE2JS.compile(isPath ? pathSource(pattern) : `^${globSource(pattern, '.')}$`, RE2JS.DOTALL);
}

/** As CODEOWNERS reads it: a slash inside anchors the pattern, and a folder stands for everything below it. */
function pathSource(pattern: string): string {
  const isAnchored = pattern.startsWith('/') || pattern.slice(0, -1).includes('/');
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const below = pattern.endsWith('/') ? '/.*' : body.endsWith('*') ? '' : '(?:/.*)?';
  // Stacks name files by the builder's own folders, so an anchor means "at a folder's start" rather than "at the root".
  const start = pattern.startsWith('/') ? '^/?' : isAnchored ? '(?:^|.*/)' : '(?:^|.*/)';
  return `${start}${globSource(body, '[^/]')}${below}$`;
}

function globSource(pattern: string, one: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '*' && pattern[at + 1] === '*') {
      const isFolders = pattern[at + 2] === '/';
      source += isFolders ? '(?:.*/)?' : '.*';
      at += isFolders ? 2 : 1;
    } else if (char === '*') source += `${one}*`;
    else if (char === '?') source += one;
    else if (char === '\\' && at + 1 < pattern.length) source += RE2JS.quote(pattern[++at] ?? '');
    else source += RE2JS.quote(char);
  }
  return source;
}
