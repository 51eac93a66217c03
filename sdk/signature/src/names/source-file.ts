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

/** Last part of a path; a path with any backslash is a Windows path. Slashes at the end don't count. */
export function fileNameOf(path: string): string {
  const isWindows = path.includes('\\');
  let end = path.length;
  while (end > 0 && isSeparator(path.charCodeAt(end - 1), isWindows)) end--;
  let start = end;
  while (start > 0 && !isSeparator(path.charCodeAt(start - 1), isWindows)) start--;
  return path.slice(start, end);
}

function isSeparator(code: number, isWindows: boolean): boolean {
  return code === 0x2f || (isWindows && code === 0x5c);
}
