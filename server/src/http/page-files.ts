import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { send } from '@koa/send';
import type { Context } from 'koa';
import { serverFolder } from '../own-package.js';
import { pagePolicy } from './security-headers.js';

const indexFile = 'index.html';

/** The built page beside the server in the repository, or in its own package. */
export function findPageFolder(): string | null {
  const candidates = [path.join(serverFolder, '..', 'desktop', 'dist', 'renderer'), path.join(serverFolder, 'page')];
  return candidates.find((folder) => existsSync(path.join(folder, indexFile))) ?? null;
}

/**
 * Files of the page and of plugins' panels. Every address that no route and no file has is a view of the page, so
 * it gets `index.html`, with `<base>` naming where the page stands.
 */
export class PageFiles {
  #index: { html: string; changed: number } | null = null;

  constructor(
    private readonly options: {
      /** Null: the page is not built. */
      folder: string | null;
      /** Folder of an active plugin's panels; null when there is none. */
      uiFolder(plugin: string): string | null;
      /** Path of the page in people's browsers, with a slash at its end. */
      basePath(): string;
    },
  ) {}

  /** False when there is nothing to send. */
  async send(context: Context): Promise<boolean> {
    if (context.method !== 'GET' && context.method !== 'HEAD') return false;
    const [, first, plugin, ...rest] = context.path.split('/');
    if (first === 'plugin-ui' && plugin !== undefined) {
      const folder = this.options.uiFolder(plugin);
      return folder !== null && this.#sendFile(context, folder, rest.join('/'), 'no-cache');
    }
    if (first === 'api' || first?.startsWith('__')) return false;
    return (await this.#sendAsset(context)) || this.#sendIndex(context);
  }

  async #sendAsset(context: Context): Promise<boolean> {
    const { folder } = this.options;
    if (folder === null || path.extname(context.path) === '' || context.path === `/${indexFile}`) return false;
    // Vite puts a hash of the content into the names of what it puts here.
    const isHashed = context.path.startsWith('/assets/');
    return this.#sendFile(
      context,
      folder,
      context.path.slice(1),
      isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
  }

  async #sendFile(context: Context, root: string, file: string, caching: string): Promise<boolean> {
    try {
      await send(context, file, { root, gzip: false, brotli: false });
    } catch (error) {
      if (error instanceof Error && 'status' in error && Number(error.status) < 500) return false;
      throw error;
    }
    context.set('cache-control', caching);
    return true;
  }

  async #sendIndex(context: Context): Promise<boolean> {
    // `*/*` is how scripts and programs ask; a missing script must not be answered with a page.
    if (context.path !== '/' && !context.get('accept').includes('text/html')) return false;
    const html = await this.#indexHtml();
    context.set('cache-control', 'no-cache');
    context.set('content-security-policy', pagePolicy);
    context.type = 'html';
    context.body = html ?? notBuilt;
    if (html === null) context.status = 503;
    return true;
  }

  async #indexHtml(): Promise<string | null> {
    const { folder, basePath } = this.options;
    if (folder === null) return null;
    const file = path.join(folder, indexFile);
    const { mtimeMs } = await stat(file);
    if (this.#index?.changed !== mtimeMs) this.#index = { html: await readFile(file, 'utf8'), changed: mtimeMs };
    return this.#index.html.replace(/<base href="[^"]*"/i, `<base href="${basePath()}"`);
  }
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Faultline</title>
<p>The server runs, but its page is not built. Run <code>npm run build</code>, then load this again.</p>`;
