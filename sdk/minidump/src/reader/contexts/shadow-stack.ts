import type { AbsoluteAddress } from '@faultline/sdk/units';
import type { ByteView } from '../byte-view.js';
import { processMemory } from '../memory/process-memory.js';
import type { Minidump } from '../minidump.js';
import { type MiscInfo, miscInfo } from '../streams/misc-info.js';
import type { Location } from '../streams/thread-list.js';
import { amd64Layout } from './register-layout.js';

/**
 * The processor's own list of return addresses (Intel CET, SDM volume 1, chapter 17), which a program can't write to.
 * `returnAddresses` begins with the innermost call and ends where the dump's memory does.
 */
export interface ShadowStack {
  pointer: AbsoluteAddress;
  returnAddresses: AbsoluteAddress[];
}

/** As many as a walk gives frames. */
const mostAddresses = 1024;

/** Bit of IA32_XSS and of XSAVE areas for the user's CET state: U_CET and PL3_SSP, 8 bytes each. */
const cetUser = 11;

/** Sizes of the XSAVE components below it (Intel SDM volume 1, 13.4 and 13.5; CPUID leaf 0x0d). */
const componentSizes = new Map([
  [2, 256],
  [3, 64],
  [4, 64],
  [5, 64],
  [6, 512],
  [7, 1024],
  [8, 128],
  [9, 8],
  [10, 8],
]);

/** The shadow stack of an amd64 context; null where the context or the dump's memory has none. */
export async function readShadowStack(dump: Minidump, location: Location): Promise<ShadowStack | null> {
  const afterLegacy = location.size - amd64Layout.size;
  if (afterLegacy < 24) return null;
  const context = dump.contextFor('ThreadContext');
  const pointer = await context.attempt(async () => {
    const extension = await dump.bytes.read(location.rva + amd64Layout.size, Math.min(afterLegacy, 16_384));
    return shadowStackPointer(extension, await dump.get(miscInfo));
  });
  if (pointer === null || pointer === 0n) return null;
  const block = await (await processMemory(dump)).read(pointer, mostAddresses * 8);
  if (block === null) return null;
  const view = new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  const returnAddresses: AbsoluteAddress[] = [];
  for (let at = 0; at + 8 <= view.byteLength; at += 8) {
    const address = view.getBigUint64(at, block.littleEndian);
    if (address === 0n) break;
    returnAddresses.push(address);
  }
  return { pointer, returnAddresses };
}

/**
 * PL3_SSP of the XSAVE area that CONTEXT_EX (winnt.h), which follows the legacy context, points to. The area begins
 * with its header; the 512 legacy bytes stand in the context.
 */
function shadowStackPointer(extension: ByteView, misc: MiscInfo | null): AbsoluteAddress | null {
  const areaAt = extension.i32(16);
  const area = extension.slice(areaAt, Math.min(extension.u32(20), extension.length - areaAt));
  const bit = 1n << BigInt(cetUser);
  if ((area.u64(0) & bit) === 0n) return null;
  const compaction = area.u64(8);
  if (compaction >> 63n === 0n) {
    const feature = misc?.extendedState?.features.find((each) => each.bit === cetUser);
    return feature === undefined ? null : area.u64(feature.offset - 512 + 8);
  }
  if ((compaction & bit) === 0n) return null;
  let at = 64;
  for (const [component, size] of componentSizes) if ((compaction >> BigInt(component)) & 1n) at += size;
  return area.u64(at + 8);
}
