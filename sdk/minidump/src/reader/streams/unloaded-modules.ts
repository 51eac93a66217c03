import type { UnloadedModuleRecord } from '../../model/module-record.js';
import { headedList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';
import { peCodeId } from './code-view.js';

/** Stream 14, MINIDUMP_UNLOADED_MODULE (minidumpapiset.h), in dump order. */
export const unloadedModuleList = defineStream<UnloadedModuleRecord[]>(14, async (stream, context) => {
  const limit = context.limits.unloadedModules;
  const list = headedList(stream, context, { entrySize: 24, limit, what: 'unloaded modules', countBits: 32 });
  const modules: UnloadedModuleRecord[] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    const sizes = { size: stream.u32(at + 8), timestamp: stream.u32(at + 16) };
    modules.push({
      base: stream.u64(at),
      ...sizes,
      checksum: stream.u32(at + 12),
      name: (await context.attempt(() => context.bytes.utf16String(stream.u32(at + 20)))) ?? '',
      codeId: peCodeId(sizes),
    });
  }
  return modules;
});
