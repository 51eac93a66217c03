import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../../../plugins/collector/src/form/gunzip.js';

const limits = { maxSize: 100 * 1024 * 1024, maxRatio: 300 };

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function unpack(bytes: Buffer, options = limits): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzip(inChunks(bytes, 1000), options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('gunzip', () => {
  it('unpacks what was packed, in one member or two', async () => {
    const text = Buffer.from('crash '.repeat(5000));
    expect(await unpack(gzipSync(text))).toEqual(text);
    const two = Buffer.concat([gzipSync(text.subarray(0, 100)), gzipSync(text.subarray(100))]);
    expect(await unpack(two)).toEqual(text);
  });

  it('says bad_gzip for plain bytes and for a cut stream', async () => {
    await expect(unpack(Buffer.from('--boundary plain'))).rejects.toMatchObject({ reason: 'bad_gzip' });
    const packed = gzipSync(Buffer.from('crash '.repeat(5000)));
    await expect(unpack(packed.subarray(0, -9))).rejects.toMatchObject({ reason: 'bad_gzip' });
  });

  it('stops a bomb by its ratio long before its size', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    await expect(unpack(bomb)).rejects.toMatchObject({ name: 'ReportTooLarge' });
  });

  it('stops at the size limit', async () => {
    await expect(unpack(gzipSync(Buffer.alloc(5000)), { maxSize: 4999, maxRatio: 1e9 })).rejects.toMatchObject({
      name: 'ReportTooLarge',
    });
  });

  it('lets the reader leave early, and passes on the error of its source', async () => {
    const packed = gzipSync(Buffer.alloc(10 * 1024 * 1024, 'x'));
    for await (const chunk of gunzip(inChunks(packed, 100), limits)) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    const broken = (async function* () {
      yield await Promise.resolve(packed.subarray(0, 50));
      throw new Error('client gone');
    })();
    const reading = (async () => {
      for await (const _ of gunzip(broken, limits));
    })();
    await expect(reading).rejects.toThrow('client gone');
  });
});
