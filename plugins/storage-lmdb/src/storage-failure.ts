/**
 * What can go wrong under a write, in our words. Nothing that failed here is stored.
 *
 * Folklore: on a full disk LMDB mostly sees a short write and says EIO, not ENOSPC (seen with lmdb 3.5.6 under a file
 * size limit, `storage-full.test.ts`), so the free space decides.
 *
 * Folklore: a failed commit of lmdb-js rejects a second promise that no caller can reach; unhandled, it would end the
 * process. `ownStrayRejections` takes those, and only those.
 */
import { statfs } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Bytes, Logger } from '@faultline/sdk';
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';

const { ENOSPC, EDQUOT, EFBIG } = constants.errno;
const fullNumbers = new Set<unknown>([ENOSPC, EDQUOT, EFBIG, 'ENOSPC', 'EDQUOT', 'EFBIG']);
/** With less than this left, a failed write is blamed on the space. */
const nearlyFull: Bytes = 8 * 1024 * 1024;

/** `Unavailable STORAGE_FULL` or `STORAGE_FAILED`; errors of ours stay as they are. */
export async function storageFailure(error: unknown, folder: string): Promise<FaultlineError> {
  if (isFaultlineError(error)) return error;
  const root = await rootCause(error);
  if (fullNumbers.has(codeOf(root)) || (await freeSpace(folder)) < nearlyFull) {
    return new FaultlineError('Unavailable', 'STORAGE_FULL', 'There is no space left for crash reports.', {
      hint: `Free space on the disk that holds ${folder}, or shorten the retention.`,
      cause: root,
    });
  }
  return new FaultlineError('Unavailable', 'STORAGE_FAILED', 'The disk refused to store data.', {
    hint: `Look at the system's log for errors of the disk that holds ${folder}.`,
    cause: root,
  });
}

/** lmdb-js hides the reason of a failed commit in a promise on its error. */
async function rootCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  try {
    await error.commitError;
  } catch (cause) {
    return cause;
  }
  return error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function freeSpace(folder: string): Promise<Bytes> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // The folder itself can't be read: then space is not what we know to be the reason.
    return Infinity;
  }
}

/** Takes lmdb-js's unreachable rejections until the returned function is called; others keep their effect. */
export function ownStrayRejections(logger: Logger): () => void {
  const listener = (reason: unknown): void => {
    if (isStray(reason)) {
      logger.warn({ error: String(reason) }, 'A write that had failed already was reported again by LMDB');
      return;
    }
    // A listener turns off the end of the process that Node has in store for an unhandled rejection: do it ourselves,
    // unless somebody else listens too.
    if (process.listenerCount('unhandledRejection') === 1) throw reason;
  };
  process.on('unhandledRejection', listener);
  return () => void process.off('unhandledRejection', listener);
}

function isStray(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  return 'commitError' in reason || /[\\/]lmdb[\\/](dist|write|native)/.test(reason.stack ?? '');
}
