import { walkJsonText, walkMinidump } from '@faultline/minidump';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import { blobSource } from '@faultline/sdk/random-access-source';
import { buildSymbolIndexInMemory, openSymbolIndex } from '@faultline/symbols';

/** Walks a dump that is a Blob, with symbols from texts that are Blobs, by the debug id of their module. */
export async function walkBlob(dump: Blob, texts: ReadonlyMap<string, Blob>): Promise<string> {
  return walkJsonText(await walkMinidump({ source: blobSource(dump), symbols: indexedSymbols(texts) }));
}

/** Each text becomes an index, which is a Blob again and read by range. */
function indexedSymbols(texts: ReadonlyMap<string, Blob>): SymbolProvider {
  return {
    async find({ debugId }) {
      const text = texts.get(debugId);
      if (text === undefined) return { symbols: null, attempts: [], isCorrupt: false, url: null };
      const index = await buildSymbolIndexInMemory(chunksOf(text));
      const symbols = await openSymbolIndex(blobSource(new Blob([new Uint8Array(index)])), debugId);
      return { symbols, attempts: [], isCorrupt: false, url: null };
    },
  };
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
}
