import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/**
 * The shared corpus of real minidumps stands beside the repository and is never part of it.
 * `FAULTLINE_CORPUS` names another place.
 */
export const corpusFolder =
  process.env['FAULTLINE_CORPUS'] ?? fileURLToPath(new URL('../../shared/corpus', import.meta.url));

export const hasCorpus = existsSync(path.join(corpusFolder, 'README.md'));

/** Path of a corpus file; call it only where `hasCorpus`. */
export function corpusPath(...parts: string[]): string {
  return path.join(corpusFolder, ...parts);
}

/** For `describe.skipIf(...)` titles: the reason stands in the output, and with CI=true it is an error. */
export function requireCorpus(): boolean {
  if (hasCorpus) return true;
  if (process.env['CI'] === 'true') throw new Error(`The corpus is missing: ${corpusFolder} (set FAULTLINE_CORPUS)`);
  process.stderr.write(`SKIPPED: tests on real minidumps, no corpus at ${corpusFolder} (set FAULTLINE_CORPUS)\n`);
  return false;
}
