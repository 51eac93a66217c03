import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { textChunks } from '../index-store/text-chunks.js';
import { headerBytes, readSymHeader } from '../store/sym-header.js';

export interface FoundSymbolFile {
  path: string;
  /** `<debug file>/<DEBUG ID>/<name>.sym`. */
  key: string;
  /** Of the text, unpacked. */
  size: number;
  md5: string;
}

/** Every `.sym` of a folder and those below it, or the one file, in the order of their paths. */
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
    else if (entry.isFile() && /\.sym$/i.test(entry.name)) yield inside;
  }
}

/** Reads a symbol file once: what it is for, its size and MD5. Null when it is none. */
export async function identifySymbolFile(file: string): Promise<FoundSymbolFile | null> {
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
  return { path: file, key, size, md5: md5.digest('hex') };
}
