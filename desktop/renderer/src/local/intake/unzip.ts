import { FaultlineError } from '@faultline/sdk/errors';
import type { ToPage } from '../walk/walk-messages.js';
import type { WorkerPool } from '../walk/worker-pool.js';
import type { UnzippedFile } from './unpack-archive.js';

/** Unpacks an archive in a worker; gives what came out, and why there is not more. */
export async function unzip(
  archive: Blob,
  options: { pool: WorkerPool; onProgress(read: number, size: number): void; signal: AbortSignal },
): Promise<{ files: UnzippedFile[]; failure: FaultlineError | null }> {
  const { pool, onProgress, signal } = options;
  const worker = await pool.take();
  const files: UnzippedFile[] = [];
  return new Promise((resolve) => {
    const listening = new AbortController();
    const end = (failure: FaultlineError | null): void => {
      listening.abort();
      // One that failed may be in any state.
      if (failure === null) pool.giveBack(worker);
      else pool.discard(worker);
      resolve({ files, failure });
    };
    const listen = { signal: listening.signal };
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<ToPage>) => {
        if (data.kind === 'unzipped') files.push(data.file);
        else if (data.kind === 'unzipping') onProgress(data.read, archive.size);
        else if (data.kind === 'unzip-ended') end(data.failure === null ? null : asError(data.failure));
      },
      listen,
    );
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        end(new FaultlineError('Malformed', 'ZIP_DAMAGED', event.message));
      },
      listen,
    );
    const cancel = (): void => end(new FaultlineError('Timeout', 'ZIP_CANCELLED', 'Unpacking was stopped.'));
    signal.addEventListener('abort', cancel, { ...listen, once: true });
    worker.postMessage({ kind: 'unzip', archive });
  });
}

function asError({ code, message }: { code: string; message: string }): FaultlineError {
  return new FaultlineError(code === 'ZIP_TOO_LARGE' ? 'TooLarge' : 'Malformed', code, message);
}
