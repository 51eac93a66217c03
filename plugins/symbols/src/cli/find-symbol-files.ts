import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { debugFileFormat } from '@faultline/symbols/debug-file';
import { isGzip, plainChunks, readStart, textChunks } from '../index-store/text-chunks.js';
import { identifyNative, mayBeNative, nativePlace } from '../native/native-file.js';
import { keyText } from '../store/symbol-key.js';
import { measured, measuredText, type FoundSymbolFile, type SymbolFileCandidate } from './found-symbol-file.js';

/**
 * Every `.sym` and every file that may be a native debug file of a folder and those below it, or the one file, in the
 * order of their paths.
 */
export async function* filesBelow(start: string): AsyncGenerator<SymbolFileCandidate> {
  if (!(await stat(start)).isDirectory()) {
    yield { name: start, identify: () => identifyFile(start) };
    return;
  }
  const entries = await readdir(start, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = path.join(start, entry.name);
    // Links are not followed: they may lead in circles, or out of what was named.
    if (entry.isDirectory()) yield* filesBelow(inside);
    else if (entry.isFile() && (/\.sym$/i.test(entry.name) || isNative(inside))) {
      yield { name: inside, identify: () => identifyFile(inside) };
    }
  }
}

/** Named like one, and begins like one. */
function isNative(file: string): boolean {
  return mayBeNative(file) && debugFileFormat(readStart(file, 16)) !== null;
}

async function identifyFile(file: string): Promise<FoundSymbolFile> {
  const open = () => createReadStream(file, { highWaterMark: 256 * 1024 });
  const identity = await identifyNative(file);
  if (identity !== null) {
    const { key } = nativePlace(file, identity);
    const { size, md5 } = await measured(plainChunks(file, 0, Infinity));
    return { name: file, key: keyText(key), isText: false, isPacked: false, size, md5, open };
  }
  const text = await measuredText(textChunks(file));
  return { name: file, ...text, isText: true, isPacked: isGzip(file), open };
}
