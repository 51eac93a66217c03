import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { damaged, hexOf, type DebugFileIdentity, type DebugFileModule } from './debug-file-identity.js';
import { bytesAt, headerBytes, textAt } from './header-bytes.js';

const cpus: Record<number, string> = { 7: 'x86', 0x1000007: 'x86_64', 12: 'arm', 0x100000c: 'arm64', 18: 'ppc' };
const fatMagic = 0xcafebabe;
const fatMagic64 = 0xcafebabf;
const uuidCommand = 0x1b;
const segmentCommands = [1, 0x19];
const debugCompanion = 10;
const mostBinaries = 32;
const mostCommandBytes = 4 * 1024 * 1024;

interface Slice {
  module: DebugFileModule;
  hasDebugInfo: boolean;
  hasCode: boolean;
}

/** A binary, the DWARF file inside a dSYM bundle, or several binaries in one file. */
export async function readMachO(source: RandomAccessSource): Promise<DebugFileIdentity> {
  const start = await headerBytes(source, { at: 0, length: 8, what: 'Mach-O header' });
  const magic = start.getUint32(0, false);
  const offsets = magic === fatMagic || magic === fatMagic64 ? await fatOffsets(source, start, magic) : [0];
  const slices: Slice[] = [];
  for (const at of offsets) slices.push(await readSlice(source, at));
  return {
    format: 'mach-o',
    modules: slices.map(({ module }) => module),
    hasDebugInfo: slices.some((slice) => slice.hasDebugInfo),
    hasCode: slices.some((slice) => slice.hasCode),
    debugFile: '',
  };
}

async function fatOffsets(source: RandomAccessSource, start: DataView, magic: number): Promise<number[]> {
  const count = start.getUint32(4, false);
  if (count === 0 || count > mostBinaries) throw damaged(`it says it holds ${count} binaries`);
  const entrySize = magic === fatMagic64 ? 32 : 20;
  const table = await headerBytes(source, { at: 8, length: count * entrySize, what: 'table of binaries' });
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize + 8;
    return magic === fatMagic64 ? Number(table.getBigUint64(at, false)) : table.getUint32(at, false);
  });
}

async function readSlice(source: RandomAccessSource, at: number): Promise<Slice> {
  const header = await headerBytes(source, { at, length: 32, what: 'Mach-O header' });
  const little = header.getUint32(0, true);
  const isLittle = little === 0xfeedface || little === 0xfeedfacf;
  const magic = header.getUint32(0, isLittle);
  if (magic !== 0xfeedface && magic !== 0xfeedfacf) throw damaged('one of its binaries is no Mach-O file');
  const size = header.getUint32(20, isLittle);
  if (size > mostCommandBytes) throw damaged(`its load commands say they have ${size} bytes`);
  const begin = at + (magic === 0xfeedfacf ? 32 : 28);
  const commands = await headerBytes(source, { at: begin, length: size, what: 'table of load commands' });
  let uuid = '';
  let hasDebugInfo = false;
  for (let command = 0; command + 8 <= size;) {
    const kind = commands.getUint32(command, isLittle);
    const length = commands.getUint32(command + 4, isLittle);
    if (length < 8 || command + length > size) throw damaged('a load command is longer than their table');
    if (kind === uuidCommand && length >= 24) uuid = hexOf(bytesAt(commands, command + 8, 16));
    if (segmentCommands.includes(kind) && length >= 24 && textAt(commands, command + 8, 16) === '__DWARF') {
      hasDebugInfo = true;
    }
    command += length;
  }
  const architecture = cpus[header.getUint32(4, isLittle)] ?? '';
  return {
    module: { architecture, debugId: uuid === '' ? '' : `${uuid}0`, codeId: uuid },
    hasDebugInfo,
    hasCode: header.getUint32(12, isLittle) !== debugCompanion,
  };
}
