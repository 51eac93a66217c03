/** What is to be uploaded: read once for its size and MD5, and opened again when the server wants it. */
import { createHash } from 'node:crypto';
import { FaultlineError } from '@faultline/sdk/errors';
import type { MaybePromise } from '@faultline/sdk/units';
import { keyText, parseSymbolKey } from '../store/symbol-key.js';
import { headerBytes, readSymHeader } from '../store/sym-header.js';

export interface FoundSymbolFile {
  /** Where it stands, for people: a path, or a zip and the name in it. */
  name: string;
  /** `<debug file>/<DEBUG ID>/<name>.sym`; of a native file, its place in the store. */
  key: string;
  /** A `.sym`, which travels as gzip. */
  isText: boolean;
  /** It lies there as gzip already. */
  isPacked: boolean;
  /** Of a text, unpacked. */
  size: number;
  md5: string;
  /** Its bytes as they lie there. */
  open(): MaybePromise<AsyncIterable<Uint8Array>>;
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A file that may be one; nothing of it was read so far. */
export interface SymbolFileCandidate {
  name: string;
  /**
   * Reads it once. Null for another kind of file, of which nothing needs to be said.
   * @throws what `nativePlace`, `identifyNative` and `measuredText` throw
   */
  identify(): Promise<FoundSymbolFile | null>;
}

export async function measured(chunks: Chunks): Promise<{ size: number; md5: string; start: Uint8Array }> {
  const md5 = createHash('md5');
  const starts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (size < headerBytes) starts.push(Buffer.from(chunk.subarray(0, headerBytes - size)));
    md5.update(chunk);
    size += chunk.length;
  }
  return { size, md5: md5.digest('hex'), start: Buffer.concat(starts) };
}

/**
 * Of a text, unpacked.
 * @throws FaultlineError `Malformed SYMBOL_FILE_REJECTED`, `SYMBOL_KEY_INVALID`; errors of zlib as they are
 */
export async function measuredText(chunks: Chunks): Promise<Pick<FoundSymbolFile, 'key' | 'size' | 'md5'>> {
  const { size, md5, start } = await measured(chunks);
  const header = readSymHeader(start);
  if (header === null) {
    const words = 'it does not begin with a MODULE record, and is no native debug file';
    throw new FaultlineError('Malformed', 'SYMBOL_FILE_REJECTED', words);
  }
  const debugFile = header.debugFile.split(/[\\/]/).at(-1) ?? header.debugFile;
  const key = parseSymbolKey(`${debugFile}/${header.debugId}/${debugFile.replace(/\.pdb$/i, '')}.sym`);
  return { key: keyText(key), size, md5 };
}
