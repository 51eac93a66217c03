import { plainList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/**
 * Stream 24, MINIDUMP_THREAD_NAME: names by thread id. Entries are packed to 12 bytes and hold 64-bit offsets. A name
 * that cannot be read is left out.
 */
export const threadNames = defineStream<Map<number, string>>(24, async (stream, context) => {
  const list = plainList(stream, context, { entrySize: 12, limit: context.limits.threads, what: 'thread names' });
  const names = new Map<number, string>();
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    const name = await context.attempt(() => context.bytes.utf16String(stream.offset64(at + 4)));
    if (name !== null) names.set(stream.u32(at), name);
  }
  return names;
});
