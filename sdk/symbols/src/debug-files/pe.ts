import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { damaged, debugIdOfGuid, type DebugFileIdentity } from './debug-file-identity.js';
import { bytesAt, headerBytes, textAt } from './header-bytes.js';

const machines: Record<number, string> = {
  0x14c: 'x86',
  0x8664: 'x86_64',
  0xaa64: 'arm64',
  0x1c0: 'arm',
  0x1c4: 'arm',
};
const codeViewEntry = 2;
const codeViewSignature = 0x53445352;
const longestPath = 1024;
/** Entries of the debug directory: a handful in real files. */
const mostEntries = 64;

/** Code id: timestamp and size of the image; debug id and file: what the debug directory says of its PDB. */
export async function readPe(source: RandomAccessSource): Promise<DebugFileIdentity> {
  const dos = await headerBytes(source, { at: 0, length: 64, what: 'MZ header' });
  const at = dos.getUint32(60, true);
  const coff = await headerBytes(source, { at, length: 24, what: 'PE header' });
  if (coff.getUint32(0, true) !== 0x4550) throw damaged('it has an MZ header, but no PE header');
  const architecture = machines[coff.getUint16(4, true)] ?? '';
  const sectionCount = coff.getUint16(6, true);
  const timestamp = coff.getUint32(8, true);
  const optionalSize = coff.getUint16(20, true);
  const optional = await headerBytes(source, { at: at + 24, length: optionalSize, what: 'optional header' });
  const isPlus = optionalSize >= 2 && optional.getUint16(0, true) === 0x20b;
  const directories = isPlus ? 112 : 96;
  if (optionalSize < directories) throw damaged('its optional header is too small');
  const imageSize = optional.getUint32(56, true);
  const codeId = `${timestamp.toString(16).padStart(8, '0')}${imageSize.toString(16)}`.toUpperCase();
  const sections = await headerBytes(source, {
    at: at + 24 + optionalSize,
    length: sectionCount * 40,
    what: 'table of sections',
  });
  const debugAt = directories + 6 * 8;
  const codeView =
    optionalSize < debugAt + 8
      ? null
      : await codeViewOf(source, sections, {
          address: optional.getUint32(debugAt, true),
          size: optional.getUint32(debugAt + 4, true),
        });
  return {
    format: 'pe',
    modules: [{ architecture, debugId: codeView?.debugId ?? '', codeId }],
    hasDebugInfo: false,
    hasCode: true,
    debugFile: codeView?.debugFile ?? '',
  };
}

async function codeViewOf(
  source: RandomAccessSource,
  sections: DataView,
  directory: { address: number; size: number },
): Promise<{ debugId: string; debugFile: string } | null> {
  const at = fileOffset(sections, directory.address);
  if (at === null) return null;
  const count = Math.min(mostEntries, Math.floor(directory.size / 28));
  const entries = await headerBytes(source, { at, length: count * 28, what: 'debug directory' });
  for (let entry = 0; entry < count * 28; entry += 28) {
    if (entries.getUint32(entry + 12, true) !== codeViewEntry) continue;
    const size = Math.min(24 + longestPath, entries.getUint32(entry + 16, true));
    if (size < 24) continue;
    const record = await headerBytes(source, {
      at: entries.getUint32(entry + 24, true),
      length: size,
      what: 'CodeView',
    });
    if (record.getUint32(0, true) !== codeViewSignature) continue;
    const file = textAt(record, 24, longestPath);
    return {
      debugId: debugIdOfGuid(bytesAt(record, 4, 16), record.getUint32(20, true)),
      debugFile: file.split(/[\\/]/).at(-1) ?? '',
    };
  }
  return null;
}

/** Where in the file an address of the image lies; null for none. */
function fileOffset(sections: DataView, address: number): number | null {
  if (address === 0) return null;
  for (let at = 0; at + 40 <= sections.byteLength; at += 40) {
    const start = sections.getUint32(at + 12, true);
    const rawSize = sections.getUint32(at + 16, true);
    if (address >= start && address - start < rawSize) return sections.getUint32(at + 20, true) + (address - start);
  }
  return null;
}
