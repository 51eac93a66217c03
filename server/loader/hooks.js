/**
 * Module hooks for plugins from outside the repository:
 * - `@faultline/*`, `zod`, `tsyringe` and `reflect-metadata` resolve to the host's own copies, so that tokens, schemas
 *   and injection metadata are one;
 * - their TypeScript is transformed once and kept by the hash of its content; an import of `./x.js` finds `./x.ts`.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const hostParent = new URL('../package.json', import.meta.url).href;
const shared = /^(@faultline\/|zod$|zod\/|tsyringe$|reflect-metadata$)/;
const typeScript = /\.m?ts$/;

/** Grows when the transformation changes, for the cache outlives the server's version. */
const transformVersion = '1';

/** @type {{ folders: string[], cache: string | null, usesSources: boolean }} */
let options = { folders: [], cache: null, usesSources: false };

/** @param {typeof options} data */
export function initialize(data) {
  options = { ...data, folders: data.folders.map((folder) => pathToFileURL(folder + path.sep).href) };
}

export async function resolve(specifier, context, next) {
  const conditions = options.usesSources ? ['source', ...context.conditions] : context.conditions;
  const asked = { ...context, conditions };
  if (shared.test(specifier) && isPluginCode(context.parentURL)) {
    try {
      return await next(specifier, { ...asked, parentURL: hostParent });
    } catch (error) {
      // A package of that scope which the host has not: the plugin's own business.
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  const source = sourceOfRelative(specifier, context.parentURL);
  const resolved = await next(source ?? specifier, asked);
  return { ...resolved, url: withVersionOf(context.parentURL, resolved.url) };
}

/** A reloaded plugin (`?v=2`) imports its own modules anew, too. */
function withVersionOf(parent, url) {
  if (parent === undefined || !isPluginCode(parent) || !isPluginCode(url)) return url;
  const version = new URL(parent).searchParams.get('v');
  return version === null || url.includes('?') ? url : `${url}?v=${version}`;
}

export async function load(url, context, next) {
  if (!isTransformed(url)) return next(url, context);
  const text = await readFile(fileURLToPath(url));
  return { format: 'module', source: await transformed(text, fileURLToPath(url)), shortCircuit: true };
}

function isTransformed(url) {
  if (!url.startsWith('file:') || !typeScript.test(new URL(url).pathname)) return false;
  return isPluginCode(url) || (options.usesSources && !url.includes('/node_modules/'));
}

/** Of a plugin itself, not of what it has in its own `node_modules`. */
function isPluginCode(url) {
  return (
    url !== undefined &&
    options.folders.some((folder) => url.startsWith(folder) && !url.slice(folder.length).includes('node_modules/'))
  );
}

/** `./x.js` written in TypeScript means `./x.ts` when only that is there. */
function sourceOfRelative(specifier, parent) {
  if (!/^(\.\.?\/|file:).*\.m?js$/.test(specifier)) return null;
  if (parent === undefined && !specifier.startsWith('file:')) return null;
  const url = new URL(specifier, parent);
  if (!isPluginCode(url.href) && !options.usesSources) return null;
  if (existsSync(fileURLToPath(url))) return null;
  url.pathname = url.pathname.replace(/js$/, 'ts');
  return existsSync(fileURLToPath(url)) ? url.href : null;
}

async function transformed(text, file) {
  const hash = createHash('sha256').update(`${transformVersion} ${file}\n`).update(text).digest('hex').slice(0, 40);
  const cached = options.cache === null ? null : path.join(options.cache, `${hash}.js`);
  if (cached !== null && existsSync(cached)) return readFile(cached);
  // The synchronous form leaves no service process behind.
  const { transformSync } = await import('esbuild');
  const { code } = transformSync(text.toString('utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'inline',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, verbatimModuleSyntax: true } },
  });
  if (cached !== null) await keep(cached, code);
  return code;
}

/** Several threads may write the same file: each its own, then a rename. */
async function keep(file, code) {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(temporary, code);
  await rename(temporary, file);
}
