/** Of a text in chunks, the lines that begin so; longer ones than any record has are left out. */
export async function* linesBeginning(word: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const longest = 1024 * 1024;
  let rest = '';
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) rest = '';
    const wanted = lines.filter((line) => line.startsWith(word));
    if (wanted.length > 0) yield encoder.encode(`${wanted.join('\n')}\n`);
  }
  if (rest.startsWith(word)) yield encoder.encode(`${rest}\n`);
}
