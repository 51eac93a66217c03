import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { debugFileFormat } from '@faultline/symbols/debug-file';
import { plainChunks, readStart, textChunks } from '../index-store/text-chunks.js';
import { identifyNative, mayBeNative, nativePlace } from '../native/native-file.js';
import { keyText } from '../store/symbol-key.js';
import { headerBytes, readSymHeader } from '../store/sym-header.js';

export interface FoundSymbolFile {
  path: string;
  /** `<debug file>/<DEBUG ID>/<name>.sym`; of a native file, its place in the store. */
  key: string;
  /** A `.sym`, which travels as gzip. */
  isText: boolean;
  /** Of a text, unpacked. */
  size: number;
  md5: string;
}

/** Every `.sym` and every file that may be a native debug file of a folder and those below it, or the one file, in the order of their paths. */
export async function* symbolFilePaths(start: string): AsyncGenerator<string> {
  if (!(await stat(start)).isDirectory()) {
    yield start;
    return;
  }
  const entries = await readdir(start, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = path.join(start, entry.name);
    // Links are not followed: they may lead in circles, or out of what was named.
    if (entry.isDirectory()) yield* symbolFilePaths(inside);
    else if (entry.isFile() && (/\.sym$/i.test(entry.name) || isNative(inside))) yield inside;
  }
}

/** Named like one, and begins like one. */
function isNative(file: string): boolean {
  return mayBeNative(file) && debugFileFormat(readStart(file, 16)) !== null;
}

/**
 * Reads a file once: what it is for, its size and MD5. Null when it is neither a symbol file nor a native debug file.
 * Throws what `nativePlace` and `identifyNative` throw.
 */
export async function identifySymbolFile(file: string): Promise<FoundSymbolFile | null> {
  const identity = await identifyNative(file);
  if (identity === null) return identifyText(file);
  const { key } = nativePlace(file, identity);
  const md5 = createHash('md5');
  let size = 0;
  for (const chunk of plainChunks(file, 0, Infinity)) {
    md5.update(chunk);
    size += chunk.length;
  }
  return { path: file, key: keyText(key), size, md5: md5.digest('hex'), isText: false };
}

async function identifyText(file: string): Promise<FoundSymbolFile | null> {
  const md5 = createHash('md5');
  const start: Buffer[] = [];
  let size = 0;
  for await (const chunk of textChunks(file)) {
    if (size < headerBytes) start.push(Buffer.from(chunk.subarray(0, headerBytes - size)));
    md5.update(chunk);
    size += chunk.length;
  }
  const header = readSymHeader(Buffer.concat(start));
  if (header === null) return null;
  const debugFile = header.debugFile.split(/[\\/]/).at(-1) ?? header.debugFile;
  const key = `${debugFile}/${header.debugId}/${debugFile.replace(/\.pdb$/i, '')}.sym`;
  return { path: file, key, size, md5: md5.digest('hex'), isText: true };
}
