import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of this package: the same from `src` and from `dist`. */
export const serverFolder = fileURLToPath(new URL('..', import.meta.url));

/** The host runs from its TypeScript sources (tests, `serve --dev`), not from `dist`. */
export const runsFromSources = import.meta.url.endsWith('.ts');

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

export const serverVersion = manifest.version;
