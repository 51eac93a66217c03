import type { SymbolChunks } from './symbol-chunks.js';

/**
 * Folklore: symbol files saved by Windows shells (`dump_syms x.pdb > x.sym` in PowerShell) are UTF-16 with a byte
 * order mark (rust-minidump issue 903). They are turned into UTF-8 while they stream; a UTF-8 mark is dropped; all
 * other bytes pass through untouched.
 */
export async function* decodeUtf16(chunks: SymbolChunks): AsyncGenerator<Uint8Array, void, undefined> {
  let decoder: TextDecoder | null = null;
  const encoder = new TextEncoder();
  let isFirst = true;
  for await (const chunk of chunks) {
    if (chunk.byteLength === 0) continue;
    let bytes = chunk;
    if (isFirst) {
      isFirst = false;
      const encoding = utf16Encoding(bytes);
      if (encoding !== null) decoder = new TextDecoder(encoding);
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    yield decoder === null ? bytes : encoder.encode(decoder.decode(bytes, { stream: true }));
  }
  if (decoder !== null) yield encoder.encode(decoder.decode());
}

/** By the byte order mark, or by `M` and a NUL where `MODULE` starts. */
export function utf16Encoding(start: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0x4d && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x4d)) return 'utf-16be';
  return null;
}
