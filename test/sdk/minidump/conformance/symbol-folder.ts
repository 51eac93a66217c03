import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { breakpadPath, openSymbolText } from '@faultline/symbols';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';

/**
 * Symbols of a folder in Breakpad's layout, as small as a provider can be: the real ones have I/O policies of their
 * own. `files` names symbol files that stand elsewhere, by debug id.
 */
export function symbolFolder(folder: string, files: Record<string, string> = {}): SymbolProvider {
  return {
    async find(module) {
      const place = breakpadPath(module);
      const usual = place === null ? null : path.join(folder, place.folder, place.id, place.file);
      const file = files[module.debugId] ?? usual;
      const text = file === null ? null : await readFile(file).catch(() => null);
      const attempt = { source: 'folder', location: file ?? '', milliseconds: 0, bytes: text?.byteLength ?? 0 };
      if (text === null) {
        return { symbols: null, attempts: [{ ...attempt, status: 'not-found' }], isCorrupt: false, url: null };
      }
      const symbols = await openSymbolText(text, file ?? '');
      return { symbols, attempts: [{ ...attempt, status: 'found' }], isCorrupt: false, url: null };
    },
  };
}
