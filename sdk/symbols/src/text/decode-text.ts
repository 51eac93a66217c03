const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 to a string; a byte that is not UTF-8 becomes U+FFFD. Also reads shared memory, which TextDecoder refuses. */
export function decodeText(bytes: Uint8Array): string {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer;
  return decoder.decode(isShared ? new Uint8Array(bytes) : bytes);
}
