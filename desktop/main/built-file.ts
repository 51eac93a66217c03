import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Of the files that a build of ours holds, by their endings. */
export const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** A file of a built folder; 404 for what is not there or lies outside of it. */
export async function builtFile(folder: string, pathname: string, headers: Record<string, string>): Promise<Response> {
  try {
    const inside = path.posix.normalize(decodeURIComponent(pathname));
    const place = path.join(folder, inside);
    const type = mediaTypes[path.posix.extname(inside)];
    if (type === undefined || !place.startsWith(folder + path.sep)) return notFound();
    const content = await readFile(place);
    return new Response(new Uint8Array(content), { headers: { 'content-type': type, ...headers } });
  } catch {
    // Not there, or no address at all (`%zz`).
    return notFound();
  }
}

function notFound(): Response {
  return new Response('not found', { status: 404 });
}
