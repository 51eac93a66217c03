import { decodeUtf8 } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** Stream 10: a comment that the dump's writer was given, in its 8-bit code page; read as UTF-8. */
export const commentA = defineStream<string>(10, (stream) => decodeUtf8(stream.bytes));

/** Stream 11: the same in UTF-16. */
export const commentW = defineStream<string>(11, (stream) => {
  const text = stream.utf16(0, stream.length & ~1);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
});
