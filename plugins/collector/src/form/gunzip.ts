import { createGunzip, type Gunzip } from 'node:zlib';
import { systemErrorCode } from '@faultline/sdk/errors';
import { MalformedReport, ReportTooLarge } from '../malformed-report.js';

/** Below this the ratio does not matter: a dump of zeros is small trouble. */
const ratioFrom = 16 * 1024 * 1024;

export interface GunzipLimits {
  /** Bytes after unpacking. */
  maxSize: number;
  /** Unpacked bytes per packed byte, once more than 16 MB came out. */
  maxRatio: number;
}

/**
 * Unpacks a gzip body while it arrives, at most one chunk ahead of its reader.
 * Throws `MalformedReport bad_gzip` for what is not gzip or is cut, `ReportTooLarge` for what unpacks to too much.
 */
export async function* gunzip(body: AsyncIterable<Uint8Array>, limits: GunzipLimits): AsyncGenerator<Uint8Array> {
  const inflater = createGunzip();
  let packed = 0;
  let unpacked = 0;
  const feeding = feed(body, inflater, (size) => (packed += size));
  // Awaited below; marked as handled now, since the reader may leave early.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      unpacked += chunk.byteLength;
      if (unpacked > limits.maxSize || (unpacked > ratioFrom && unpacked > packed * limits.maxRatio)) {
        throw new ReportTooLarge(limits.maxSize);
      }
      yield chunk;
    }
    await feeding;
  } catch (error) {
    throw systemErrorCode(error).startsWith('Z_') ? new MalformedReport('bad_gzip') : error;
  } finally {
    inflater.destroy();
  }
}

async function feed(body: AsyncIterable<Uint8Array>, inflater: Gunzip, count: (size: number) => void): Promise<void> {
  try {
    for await (const chunk of body) {
      count(chunk.byteLength);
      if (inflater.destroyed) return;
      if (!inflater.write(chunk)) await drained(inflater);
    }
    inflater.end();
  } catch (error) {
    inflater.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function drained(inflater: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('drain', done);
      inflater.off('close', done);
      resolve();
    };
    inflater.on('drain', done);
    inflater.on('close', done);
  });
}
