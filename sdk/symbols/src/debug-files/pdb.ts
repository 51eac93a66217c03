import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { damaged, debugIdOfGuid, type DebugFileIdentity } from './debug-file-identity.js';
import { bytesAt, headerBytes, textAt } from './header-bytes.js';

const magic = 'Microsoft C/C++ MSF 7.00\r\n\x1aDS';
const machines: Record<number, string> = {
  0x14c: 'x86',
  0x8664: 'x86_64',
  0xaa64: 'arm64',
  0x1c0: 'arm',
  0x1c4: 'arm',
};
const infoStream = 1;
const dbiStream = 3;
const largestDirectory = 256 * 1024 * 1024;
const none = 0xffffffff;

/**
 * A multi-stream file: its directory says in which blocks each stream lies. The debug id is the GUID of stream 1 with
 * the age of stream 3 (DBI): tools that rewrite a PDB count up the other age, and binaries keep naming this one.
 */
export async function readPdb(source: RandomAccessSource): Promise<DebugFileIdentity> {
  const start = await headerBytes(source, { at: 0, length: 56, what: 'header' });
  if (textAt(start, 0, magic.length) !== magic) {
    throw new FaultlineError('Unsupported', 'DEBUG_FILE_UNSUPPORTED', 'it is a PDB of before Visual Studio 7 (2002)');
  }
  const streams = await readDirectory(source, start);
  const info = await streams.read(infoStream, 28, 'PDB information');
  const guid = bytesAt(info, 12, 16);
  const dbi = streams.has(dbiStream, 64) ? await streams.read(dbiStream, 64, 'DBI header') : null;
  const age = dbi === null ? info.getUint32(8, true) : dbi.getUint32(8, true);
  const architecture = dbi === null ? '' : (machines[dbi.getUint16(58, true)] ?? '');
  return {
    format: 'pdb',
    modules: [{ architecture, debugId: debugIdOfGuid(guid, age), codeId: '' }],
    hasDebugInfo: true,
    hasCode: false,
    debugFile: '',
  };
}

async function readDirectory(source: RandomAccessSource, start: DataView): Promise<Streams> {
  const blockSize = start.getUint32(32, true);
  const directorySize = start.getUint32(44, true);
  const mapAt = start.getUint32(52, true) * blockSize;
  const isPower = blockSize >= 512 && blockSize <= 65536 && (blockSize & (blockSize - 1)) === 0;
  if (!isPower) throw damaged(`its block size is ${blockSize}`);
  if (directorySize > largestDirectory || directorySize < 4 || directorySize > source.size) {
    throw damaged(`its directory says it has ${directorySize} bytes`);
  }
  const blocks = Math.ceil(directorySize / blockSize);
  const map = await headerBytes(source, { at: mapAt, length: blocks * 4, what: 'map of its directory' });
  const directory = new Uint8Array(blocks * blockSize);
  for (let block = 0; block < blocks; block++) {
    const at = map.getUint32(block * 4, true) * blockSize;
    const length = Math.min(blockSize, source.size - at);
    const piece = await headerBytes(source, { at, length, what: 'directory' });
    directory.set(bytesAt(piece, 0, length), block * blockSize);
  }
  return new Streams(source, new DataView(directory.buffer, 0, directorySize), blockSize);
}

class Streams {
  private readonly count: number;

  constructor(
    private readonly source: RandomAccessSource,
    private readonly directory: DataView,
    private readonly blockSize: number,
  ) {
    this.count = directory.getUint32(0, true);
    if (this.count > (directory.byteLength - 4) / 4) throw damaged(`it says it has ${this.count} streams`);
  }

  has(stream: number, length: number): boolean {
    return stream < this.count && this.sizeOf(stream) >= length;
  }

  /** The first bytes of a stream; they lie in its first block. */
  async read(stream: number, length: number, what: string): Promise<DataView> {
    if (!this.has(stream, length)) throw damaged(`it has no ${what}`);
    let entry = 4 + this.count * 4;
    for (let before = 0; before < stream; before++) entry += Math.ceil(this.sizeOf(before) / this.blockSize) * 4;
    if (entry + 4 > this.directory.byteLength) throw damaged('its directory ends early');
    const at = this.directory.getUint32(entry, true) * this.blockSize;
    return headerBytes(this.source, { at, length, what });
  }

  private sizeOf(stream: number): number {
    const size = this.directory.getUint32(4 + stream * 4, true);
    return size === none ? 0 : size;
  }
}
