/** Chunks of a symbol file's text, from a stream or from memory. A chunk may be reused after the next is asked for. */
export type SymbolChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
