/** The little of `node:path` and `node:url` that the suites use, for POSIX paths. */
export function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function relative(from: string, to: string): string {
  return to.startsWith(`${from}/`) ? to.slice(from.length + 1) : to;
}

export function fileURLToPath(address: URL): string {
  return address.pathname;
}

export default { join, basename, relative };
