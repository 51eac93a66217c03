import type { AbsoluteAddress } from '@faultline/sdk/units';
import { pointerSize } from '../../model/cpu.js';
import type { ByteView } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';
import { systemInfo } from './system-info.js';

/** What the dynamic linker told a debugger: MDRawDebug32 and MDRawDebug64 of Breakpad's minidump_format.h. */
export interface DsoDebug {
  /** Version of `r_debug`. */
  version: number;
  /** Where the linker calls a debugger when libraries change, where it is loaded, and the program's dynamic section. */
  breakAddress: AbsoluteAddress;
  linkerBase: AbsoluteAddress;
  dynamic: AbsoluteAddress;
  /** Each shared object: how far it was moved, its name, its dynamic section. */
  objects: { offset: bigint; name: string; dynamic: AbsoluteAddress }[];
}

interface Layout {
  pointer: 4 | 8;
  /** Offset of the first address in the head, and bytes of the head. */
  first: number;
  linkSize: number;
  /** Offset of the dynamic section's address in a link. */
  linkDynamic: number;
}

const narrow: Layout = { pointer: 4, first: 12, linkSize: 12, linkDynamic: 8 };
/** As compilers lay it out: Breakpad's client. */
const aligned: Layout = { pointer: 8, first: 16, linkSize: 24, linkDynamic: 16 };
/** Packed: rust's minidump-writer (crashy.dmp of the corpus). */
const packed: Layout = { pointer: 8, first: 12, linkSize: 20, linkDynamic: 12 };

/** Stream 0x4767000a. The dynamic section's 16-byte entries follow the head, so its size tells the layout. */
export const linuxDsoDebug = defineStream<DsoDebug>(0x4767000a, async (stream, context) => {
  const isNarrow = pointerSize((await context.get(systemInfo))?.cpu ?? 'unknown') === 4;
  const layout = isNarrow ? narrow : stream.length % 16 === 4 ? packed : aligned;
  const { pointer, first } = layout;
  const stated = stream.u32(8);
  const map = stream.u32(4);
  const room = Math.max(0, Math.floor((context.bytes.size - map) / layout.linkSize));
  const count = Math.min(stated, room, context.limits.modules);
  if (count < stated) context.problems.limited(context.name, 'shared objects', stated, count);
  const links = await context.bytes.read(Math.min(map, context.bytes.size), count * layout.linkSize);
  const objects: DsoDebug['objects'] = [];
  for (let at = 0; at < count * layout.linkSize; at += layout.linkSize) {
    const nameRva = links.u32(at + pointer);
    objects.push({
      offset: word(links, at, pointer),
      name: (await context.attempt(() => context.bytes.utf16String(nameRva))) ?? '',
      dynamic: word(links, at + layout.linkDynamic, pointer),
    });
  }
  return {
    version: stream.u32(0),
    breakAddress: word(stream, first, pointer),
    linkerBase: word(stream, first + pointer, pointer),
    dynamic: word(stream, first + 2 * pointer, pointer),
    objects,
  };
});

function word(view: ByteView, offset: number, size: 4 | 8): bigint {
  return size === 8 ? view.u64(offset) : BigInt(view.u32(offset));
}
