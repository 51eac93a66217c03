/**
 * The path of a source file inside its repository, or null when the name doesn't say.
 * Symbol files name sources as `vcs:root:path:revision` (`git:github.com/a/b:src/c.cpp:1f2e`), `drive:path` or an
 * absolute path.
 */
export function pathOfSourceFile(name: string): string | null {
  // Asked for every frame, so without a list of the parts.
  const first = name.indexOf(':');
  if (first >= 0) {
    const second = name.indexOf(':', first + 1);
    if (second < 0) return name.slice(first + 1);
    const third = name.indexOf(':', second + 1);
    if (third >= 0 && name.indexOf(':', third + 1) < 0) return name.slice(second + 1, third);
  }
  return name.startsWith('/') ? name : null;
}

/** Last part of a path; only backslashes part one that has any. Separators of both kinds at the end don't count. */
export function fileNameOf(path: string): string {
  let end = path.length;
  while (end > 0 && isSeparator(path.charCodeAt(end - 1))) end--;
  const whole = path.slice(0, end);
  return whole.slice(whole.lastIndexOf(whole.includes('\\') ? '\\' : '/') + 1);
}

function isSeparator(code: number): boolean {
  return code === 0x2f || code === 0x5c;
}
