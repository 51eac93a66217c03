import { bytesSource } from '@faultline/sdk/random-access-source';
import { buildSymbolIndexInMemory, type BuildOptions } from '../build/build-symbol-index.js';
import type { SymbolChunks } from '../text/symbol-chunks.js';
import { openSymbolIndex } from './open-symbol-index.js';
import type { SymbolIndexReader } from './symbol-index-reader.js';

/**
 * Symbols straight from the text of a `.sym`: builds its index in memory, so all lookups answer at once. For small
 * files, a browser's dropped file, and where nothing may be stored.
 * @throws FaultlineError as `buildSymbolIndex`
 */
export async function openSymbolText(
  text: Uint8Array | SymbolChunks,
  origin: string,
  options: BuildOptions = {},
): Promise<SymbolIndexReader> {
  const chunks = text instanceof Uint8Array ? [text] : text;
  return openSymbolIndex(bytesSource(await buildSymbolIndexInMemory(chunks, options)), origin);
}
