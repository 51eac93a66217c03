import { FaultlineError } from '@faultline/sdk/errors';
import type { IndexDirectory } from '../format/directory.js';
import { decodeUtf16 } from '../text/decode-utf16.js';
import type { SymbolChunks } from '../text/symbol-chunks.js';
import type { SymbolLimits } from '../text/symbol-limits.js';
import { IndexWriter, type IndexSink } from './index-writer.js';
import { SymbolPartBuilder } from './symbol-part-builder.js';

export interface BuildOptions {
  limits?: Partial<SymbolLimits>;
  signal?: AbortSignal;
  /** Called after each chunk with the bytes of text read so far. */
  progress?: (bytesRead: number) => void;
}

/**
 * Builds a `.symx` from the text of a symbol file, as a stream: memory is the tables (16 bytes a record) and a few
 * chunks, whatever the size of the text. UTF-16 text is understood as well.
 * @returns the directory, which also says which lines were skipped
 * @throws FaultlineError `SYMBOLS_TOO_LARGE`, `SYMBOLS_ABORTED`; lines it can't read are no error
 */
export async function buildSymbolIndex(
  chunks: SymbolChunks,
  sink: IndexSink,
  options: BuildOptions = {},
): Promise<IndexDirectory> {
  const builder = new SymbolPartBuilder(options.limits === undefined ? {} : { limits: options.limits });
  const writer = new IndexWriter(sink);
  let bytesRead = 0;
  for await (const chunk of decodeUtf16(chunks)) {
    if (options.signal?.aborted === true) {
      throw new FaultlineError('Timeout', 'SYMBOLS_ABORTED', 'Building the symbol index was stopped.');
    }
    builder.push(chunk);
    for (const slab of builder.takeSlabs()) await writer.writeSlab(0, slab);
    bytesRead += chunk.byteLength;
    options.progress?.(bytesRead);
  }
  const { part, slabs } = builder.finish();
  for (const slab of slabs) await writer.writeSlab(0, slab);
  return writer.finish([part]);
}

/** Builds an index in memory, for a text that is small or must not be stored. */
export async function buildSymbolIndexInMemory(chunks: SymbolChunks, options: BuildOptions = {}): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const sink: IndexSink = {
    write(bytes) {
      pieces.push(bytes);
      length += bytes.length;
    },
  };
  await buildSymbolIndex(chunks, sink, options);
  const index = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    index.set(piece, at);
    at += piece.length;
  }
  return index;
}
