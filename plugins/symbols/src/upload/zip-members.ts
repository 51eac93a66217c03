import { FaultlineError } from '@faultline/sdk/errors';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

export interface ZipLimits {
  maxMembers: number;
  /** Of all members, unpacked. */
  maxBytes: number;
  /** Unpacked to packed, of the whole; small zips may have any. */
  maxRatio: number;
}

export interface ZipMember {
  name: string;
  /** Unpacked, as the directory says; what unpacks to more is cut off by yauzl. */
  size: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** A ratio is no sign of a bomb below this size. */
const smallEnough = 64 * 1024 * 1024;
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
  try {
    return await use(await membersOf(zip, limits));
  } finally {
    zip.close();
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw damaged(error);
  }
}

async function membersOf(zip: ZipFile, limits: ZipLimits): Promise<ZipMember[]> {
  if (zip.entryCount > limits.maxMembers) throw tooLarge(`it has ${zip.entryCount} members`, limits);
  const members: ZipMember[] = [];
  let size = 0;
  let packed = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if ((entry.generalPurposeBitFlag & encrypted) !== 0) throw encryptedZip();
      size += entry.uncompressedSize;
      packed += entry.compressedSize;
      if (size > limits.maxBytes) throw tooLarge(`it unpacks to more than ${limits.maxBytes} bytes`, limits);
      if (size > smallEnough && size > packed * limits.maxRatio) {
        throw tooLarge(`it unpacks to ${Math.round(size / Math.max(1, packed))} times its size`, limits);
      }
      members.push({ name: entry.fileName, size: entry.uncompressedSize, open: () => openMember(zip, entry) });
    }
  } catch (error) {
    throw error instanceof FaultlineError ? error : damaged(error);
  }
  return members;
}

async function openMember(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw damaged(error);
  }
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
  return new FaultlineError('Malformed', 'ZIP_DAMAGED', `The zip can't be read: ${reason}.`, {
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
