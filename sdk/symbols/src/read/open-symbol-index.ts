import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { checksum } from '../format/checksum.js';
import { corruptIndex } from '../format/corrupt-index.js';
import { checkDirectory } from '../format/directory.js';
import { headerSize, indexMagic, indexVersion, pageSize, trailerSize } from '../format/layout.js';
import { PagedBytes } from './paged-bytes.js';
import { SymbolIndexReader } from './symbol-index-reader.js';

/** Read at once from the end of the file: holds the directory of an index of up to 300 MB. */
const firstRead = 64 * 1024;

/**
 * Opens a `.symx` by reading its end: one read, two for very large ones. The reader owns the source from then on.
 * @param origin where the symbols came from, for people
 * @throws FaultlineError `SYMX_CORRUPT`, or `SYMX_VERSION` when another version of the program wrote it
 */
export async function openSymbolIndex(source: RandomAccessSource, origin: string): Promise<SymbolIndexReader> {
  if (source.size < headerSize + trailerSize) throw corruptIndex('it is too short');
  const tailOffset = Math.max(0, source.size - firstRead);
  const tail = await readExactly(source, tailOffset, source.size - tailOffset);
  const trailer = readTrailer(tail.subarray(tail.length - trailerSize), source.size);

  const end = source.size - trailerSize;
  const bytes =
    trailer.directoryOffset >= tailOffset
      ? tail.subarray(trailer.directoryOffset - tailOffset, end - tailOffset)
      : await readExactly(source, trailer.directoryOffset, end - trailer.directoryOffset);
  // A view may start at any place in its buffer, and `slice` of a Buffer is another view: copy.
  const aligned = new Uint8Array(bytes);
  if (checksum(aligned) !== trailer.checksum) throw corruptIndex('its directory has another checksum');

  const samplesEnd = trailer.jsonLength + trailer.sampleCount * 8;
  const json = new TextDecoder().decode(new Uint8Array(aligned.subarray(0, trailer.jsonLength)));
  const directory = checkDirectory(parseJson(json), trailer.directoryOffset);
  const samples = new Float64Array(copyOf(aligned, trailer.jsonLength, samplesEnd));
  const checksums = new Uint32Array(copyOf(aligned, samplesEnd, samplesEnd + trailer.pageCount * 4));
  const pages = new PagedBytes(source, trailer.directoryOffset, checksums);
  return new SymbolIndexReader(origin, directory, pages, samples, () => source.close?.() ?? Promise.resolve());
}

interface Trailer {
  directoryOffset: number;
  jsonLength: number;
  sampleCount: number;
  pageCount: number;
  checksum: number;
}

function readTrailer(bytes: Uint8Array, fileSize: number): Trailer {
  const own = new Uint8Array(bytes);
  const view = new DataView(own.buffer);
  if (!indexMagic.every((byte, index) => own[48 + index] === byte)) throw corruptIndex('it does not end as one');
  const version = view.getUint32(32, true);
  if (view.getUint32(44, true) !== checksum(own.subarray(0, 44)))
    throw corruptIndex('its trailer has another checksum');
  if (version !== indexVersion) {
    throw new FaultlineError(
      'Unsupported',
      'SYMX_VERSION',
      `The symbol index has version ${version}, not ${indexVersion}.`,
      {
        hint: 'Delete the .symx file; it is built again from its .sym.',
      },
    );
  }
  const trailer = {
    directoryOffset: view.getFloat64(0, true),
    jsonLength: view.getUint32(16, true),
    sampleCount: view.getUint32(20, true),
    pageCount: view.getUint32(24, true),
    checksum: view.getUint32(28, true),
  };
  const length = trailer.jsonLength + trailer.sampleCount * 8 + trailer.pageCount * 4;
  const isWhole =
    view.getFloat64(8, true) === fileSize &&
    trailer.directoryOffset >= headerSize &&
    trailer.directoryOffset + length + trailerSize === fileSize &&
    trailer.pageCount === Math.ceil(trailer.directoryOffset / pageSize);
  if (!isWhole) throw corruptIndex('it is cut or has another length');
  return trailer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The position that JSON.parse names says nothing to anyone: the directory as a whole is unusable.
    throw corruptIndex('its directory is not JSON');
  }
}

function copyOf(bytes: Uint8Array, start: number, end: number): ArrayBuffer {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy.buffer;
}

async function readExactly(source: RandomAccessSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) throw corruptIndex('the file is shorter than it says');
  return bytes;
}
