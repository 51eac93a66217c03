/** Reading files as the suites do, from the server of the page: a worker may wait for a request. */

function ask(method: 'GET' | 'HEAD', kind: 'file' | 'folder', path: string): XMLHttpRequest {
  const request = new XMLHttpRequest();
  request.open(method, `/${kind}${path.split('/').map(encodeURIComponent).join('/')}`, false);
  request.responseType = 'arraybuffer';
  request.send();
  return request;
}

function bytesAt(kind: 'file' | 'folder', path: string): Uint8Array {
  const request = ask('GET', kind, path);
  if (request.status !== 200) throw Object.assign(new Error(`ENOENT: no such file ${path}`), { code: 'ENOENT' });
  return new Uint8Array(request.response as ArrayBuffer);
}

const utf8 = new TextDecoder();

export function existsSync(path: string): boolean {
  return ask('HEAD', 'file', path).status === 200;
}

export function readFileSync(path: string, encoding?: 'utf8'): Uint8Array | string {
  const bytes = bytesAt('file', path);
  return encoding === undefined ? bytes : utf8.decode(bytes);
}

/** Names below a folder, of all depths, where asked for. */
export function readdirSync(path: string, options: { recursive?: boolean } = {}): string[] {
  const names = JSON.parse(utf8.decode(bytesAt('folder', path))) as string[];
  return options.recursive === true ? names : names.filter((name) => !name.includes('/'));
}

/** `node:fs/promises`. */
export function readFile(path: string): Promise<Uint8Array> {
  return new Promise((resolve) => resolve(bytesAt('file', path)));
}
