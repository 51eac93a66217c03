import { FaultlineError } from '@faultline/sdk/errors';
import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';

export interface UnzippedFile {
  path: string;
  blob: Blob;
}

const mostFiles = 5000;
/** Of all files together, unpacked. */
const mostBytes = 8 * 2 ** 30;
const readStep = 1 << 20;
const blobStep = 8 << 20;
/** An archive without any file is this long. */
const emptyArchive = 22;
/** Only what could be of use is unpacked. */
const wanted = /\.(dmp|mdmp|dump|sym|sym\.gz|txt|log|meta)$|(^|\/)metadata$/i;

/**
 * Unpacks an archive piece by piece; what it holds is bounded here, whatever its headers say. Runs in a worker.
 * @param take gets each file as it is whole: what came before a damage is of use
 * @throws FaultlineError `ZIP_DAMAGED`, `ZIP_TOO_LARGE`
 */
export async function unpackArchive(
  archive: Blob,
  { take, onProgress }: { take(file: UnzippedFile): void; onProgress(read: number): void },
): Promise<void> {
  let files = 0;
  let bytes = 0;
  let seen = 0;
  const unzipping = new Unzip((file) => {
    seen += 1;
    if (!wanted.test(file.name)) return;
    files += 1;
    if (files > mostFiles) throw tooLarge(`It has more than ${mostFiles} files.`);
    collect(file, take, (size) => {
      bytes += size;
      if (bytes > mostBytes) throw tooLarge(`Unpacked it has more than ${mostBytes / 2 ** 30} GB.`);
    });
  });
  unzipping.register(UnzipInflate);
  try {
    for (let at = 0; at < archive.size; at += readStep) {
      const chunk = new Uint8Array(await archive.slice(at, at + readStep).arrayBuffer());
      unzipping.push(chunk, at + readStep >= archive.size);
      onProgress(Math.min(archive.size, at + readStep));
    }
  } catch (error) {
    if (error instanceof FaultlineError) throw error;
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  if (seen === 0 && archive.size > emptyArchive) throw damaged('It has no files.');
}

function collect(file: UnzipFile, take: (file: UnzippedFile) => void, count: (size: number) => void): void {
  let pieces: BlobPart[] = [];
  let waiting = 0;
  let blob = new Blob();
  file.ondata = (error, chunk, isLast) => {
    if (error !== null) throw error;
    count(chunk.byteLength);
    pieces.push(new Uint8Array(chunk));
    waiting += chunk.byteLength;
    if (waiting > blobStep || isLast) {
      // Into the browser's hands, which keeps large Blobs on disk.
      blob = new Blob([blob, ...pieces]);
      pieces = [];
      waiting = 0;
    }
    if (isLast) take({ path: file.name, blob });
  };
  file.start();
}

function tooLarge(message: string): FaultlineError {
  return new FaultlineError('TooLarge', 'ZIP_TOO_LARGE', message);
}

function damaged(message: string): FaultlineError {
  return new FaultlineError('Malformed', 'ZIP_DAMAGED', message);
}
