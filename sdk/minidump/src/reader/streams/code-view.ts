import type { OperatingSystem } from '../../model/operating-system.js';
import { ByteView, decodeUtf8 } from '../byte-view.js';

/** What a CodeView record says of a module's identity. */
export type CodeView =
  | { kind: 'pdb70'; guid: string; age: number; path: string }
  | { kind: 'pdb20'; timestamp: number; age: number; path: string }
  | { kind: 'elf'; buildId: Uint8Array; littleEndian: boolean }
  | { kind: 'unknown'; signature: number };

const pdb70 = 0x53445352; // "RSDS"
const pdb20 = 0x3031424e; // "NB10"
const elf = 0x4270454c; // "BpEL", Breakpad's record of an ELF build id

/** Reads a CodeView record; shorter than its form says throws. */
export function readCodeView(record: ByteView): CodeView {
  const signature = record.u32(0);
  if (signature === pdb70) {
    return {
      kind: 'pdb70',
      guid: guidText(record, 4),
      age: record.u32(20),
      path: decodeUtf8(record.bytes.subarray(24)),
    };
  }
  if (signature === pdb20) {
    return {
      kind: 'pdb20',
      timestamp: record.u32(8),
      age: record.u32(12),
      path: decodeUtf8(record.bytes.subarray(16)),
    };
  }
  if (signature === elf) {
    return { kind: 'elf', buildId: record.bytes.subarray(4), littleEndian: record.littleEndian };
  }
  return { kind: 'unknown', signature };
}

/** A GUID of the dump as 32 upper-case hex digits: its three numbers in the dump's byte order, then eight bytes. */
export function guidText(view: ByteView, offset: number): string {
  const numbers = hex(view.u32(offset), 8) + hex(view.u16(offset + 4), 4) + hex(view.u16(offset + 6), 4);
  return (numbers + hexBytes(view.slice(offset + 8, 8).bytes)).toUpperCase();
}

/** Breakpad's debug id: 32 hex digits and the age in hex without padding; "" when the record names none. */
export function debugIdOf(codeView: CodeView | null): string {
  switch (codeView?.kind) {
    case 'pdb70':
      return /^0+$/.test(codeView.guid) ? '' : codeView.guid + codeView.age.toString(16);
    case 'pdb20':
      return hex(codeView.timestamp, 8).toUpperCase() + codeView.age.toString(16);
    case 'elf':
      return elfDebugId(codeView);
    default:
      return '';
  }
}

/** The name of the file with debug information; "" when unknown. ELF files hold their own. */
export function debugFileOf(codeView: CodeView | null, codeFile: string): string {
  if (codeView === null || codeView.kind === 'unknown') return '';
  return codeView.kind === 'elf' ? codeFile : codeView.path;
}

/** The code id; see stackwalk.md 2.5. Lower-case hex, "" when unknown. */
export function codeIdOf(
  codeView: CodeView | null,
  module: { timestamp: number; size: number },
  os: OperatingSystem | null,
): string {
  if (codeView?.kind === 'elf') return isZero(codeView.buildId) ? '' : hexBytes(codeView.buildId);
  // Mach-O modules are written as PDB70 records; their uuid is the code id.
  if (codeView?.kind === 'pdb70' && (os === 'Mac OS X' || os === 'iOS')) return codeView.guid.toLowerCase();
  if (codeView?.kind === 'pdb70' || codeView?.kind === 'pdb20') return peCodeId(module);
  return codeView === null && os === 'Windows NT' ? peCodeId(module) : '';
}

/** PE form: timestamp in 8 digits, then the size of the image. */
export function peCodeId(module: { timestamp: number; size: number }): string {
  return hex(module.timestamp, 8) + module.size.toString(16);
}

/** The first 16 bytes of a build id read as a GUID in the dump's byte order, padded with zeros, age 0. */
function elfDebugId(codeView: { buildId: Uint8Array; littleEndian: boolean }): string {
  if (isZero(codeView.buildId)) return '';
  const first = new Uint8Array(16);
  first.set(codeView.buildId.subarray(0, 16));
  return `${guidText(new ByteView(first, codeView.littleEndian), 0)}0`;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => hex(byte, 2));

/** Bytes as pairs of lower-case hex digits. */
export function hexBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexPairs[byte] ?? '';
  return text;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
