import { open, type FileHandle } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { FaultlineError } from '@faultline/sdk/errors';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { isBomb } from './unpacked-ratio.js';

export interface ZipLimits {
  maxMembers: number;
  /** Of all members, unpacked. */
  maxBytes: number;
  /** Unpacked to packed, of the whole; small zips may have any. */
  maxRatio: number;
}

export interface ZipMember {
  name: string;
  /** Unpacked, as the directory says; what unpacks to more or less is damaged. */
  size: number;
  /** Reading throws `Malformed ZIP_MEMBER_DAMAGED`. */
  open(): AsyncIterable<Uint8Array>;
}

/** Of such members a stream would cost more than the work itself. */
const smallMember = 64 * 1024;
const encrypted = 0x1;

/**
 * The files of a zip on disk, in the order of its directory, which is checked as a whole before the first one is given.
 * Throws `Malformed ZIP_DAMAGED | ZIP_ENCRYPTED | ZIP_PATH`, `TooLarge ZIP_TOO_LARGE`.
 */
export async function readZip<T>(
  file: string,
  limits: ZipLimits,
  use: (members: ZipMember[]) => Promise<T>,
): Promise<T> {
  const zip = await openZip(file);
  const bytes = await open(file, 'r');
  try {
    return await use(await membersOf({ zip, bytes }, limits));
  } finally {
    zip.close();
    await bytes.close();
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw damaged(error);
  }
}

interface OpenedZip {
  zip: ZipFile;
  bytes: FileHandle;
}

async function membersOf(opened: OpenedZip, limits: ZipLimits): Promise<ZipMember[]> {
  const { zip } = opened;
  if (zip.entryCount > limits.maxMembers) throw tooLarge(`it has ${zip.entryCount} members`, limits);
  const members: ZipMember[] = [];
  // Of the file, not of its members: those may lie over each other.
  const { size: packed } = await opened.bytes.stat();
  let size = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if ((entry.generalPurposeBitFlag & encrypted) !== 0) throw encryptedZip();
      size += entry.uncompressedSize;
      if (size > limits.maxBytes) throw tooLarge(`it unpacks to more than ${limits.maxBytes} bytes`, limits);
      if (isBomb(packed, size, limits.maxRatio)) {
        throw tooLarge(`it unpacks to ${Math.round(size / Math.max(1, packed))} times its size`, limits);
      }
      members.push({ name: entry.fileName, size: entry.uncompressedSize, open: () => readMember(opened, entry) });
    }
  } catch (error) {
    throw error instanceof FaultlineError ? error : damaged(error);
  }
  return members;
}

/** What is wrong with one member is told where its bytes are read, so that it is rejected alone. */
async function* readMember({ zip, bytes }: OpenedZip, entry: Entry): AsyncGenerator<Uint8Array> {
  try {
    const isSmall = entry.uncompressedSize <= smallMember && entry.compressedSize <= smallMember;
    const content =
      isSmall && entry.canDecodeFileData()
        ? [await readSmall({ zip, bytes }, entry)]
        : await zip.openReadStreamPromise(entry);
    let sum = 0;
    for await (const chunk of content as AsyncIterable<Uint8Array> | Uint8Array[]) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (sum !== entry.crc32) throw new Error('its checksum is wrong');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaultlineError('Malformed', 'ZIP_MEMBER_DAMAGED', `it is damaged in the zip: ${reason}`, {
      cause: error,
    });
  }
}

async function readSmall({ zip, bytes }: OpenedZip, entry: Entry): Promise<Uint8Array> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = Buffer.alloc(entry.compressedSize);
  await bytes.read(packed, 0, packed.length, fileDataStart);
  if (!entry.isCompressed()) return packed;
  const plain = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  if (plain.length !== entry.uncompressedSize) throw new Error(`it unpacks to ${plain.length} bytes`);
  return plain;
}

function damaged(cause: unknown): FaultlineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (/relative path|absolute path|invalid characters/i.test(reason)) {
    return new FaultlineError(
      'Malformed',
      'ZIP_PATH',
      `The zip has a member with a path that leads elsewhere: ${reason}.`,
    );
  }
  return new FaultlineError('Malformed', 'ZIP_DAMAGED', `The zip can't be read: ${reason.replace(/\.$/, '')}.`, {
    hint: 'Was the upload cut off? Send it again.',
    cause,
  });
}

function encryptedZip(): FaultlineError {
  return new FaultlineError('Malformed', 'ZIP_ENCRYPTED', 'The zip is encrypted.', {
    hint: 'Send it without a password.',
  });
}

function tooLarge(reason: string, limits: ZipLimits): FaultlineError {
  return new FaultlineError('TooLarge', 'ZIP_TOO_LARGE', `The zip is refused: ${reason}.`, {
    hint: 'Split it, or raise symbols.upload.',
    details: { ...limits },
  });
}
