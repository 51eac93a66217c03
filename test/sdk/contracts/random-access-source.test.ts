import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHttpRangeSource } from '@faultline/sdk/http-range-source';
import { blobSource, bytesSource } from '@faultline/sdk/random-access-source';

const content = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

describe('bytes of a Blob', () => {
  it('are read by range, fewer at the end', async () => {
    const source = blobSource(new Blob([content]));
    expect(source.size).toBe(1000);
    expect(await source.read(10, 20)).toEqual(await bytesSource(content).read(10, 20));
    expect(await source.read(990, 20)).toEqual(content.subarray(990));
  });
});

describe('a resource of a server', () => {
  let server: Server;
  let url: string;
  let resource: { bytes: Uint8Array; tag: string };
  let answersRanges: boolean;
  let sent: number;

  beforeEach(async () => {
    resource = { bytes: content, tag: '"one"' };
    answersRanges = true;
    sent = 0;
    server = createServer((request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const { bytes, tag } = resource;
      if (!answersRanges || from === undefined || to === undefined) return void response.end(bytes);
      const piece = bytes.subarray(Number(from), Number(to) + 1);
      sent += piece.byteLength;
      response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${bytes.byteLength}`, etag: tag });
      response.end(piece);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.symx`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is read by range, and no more of it than that', async () => {
    const source = await openHttpRangeSource(url);
    expect(source.size).toBe(1000);
    expect(await source.read(10, 20)).toEqual(content.slice(10, 30));
    expect(await source.read(990, 20)).toEqual(content.slice(990));
    expect(await source.read(1000, 5)).toHaveLength(0);
    expect(sent).toBe(1 + 20 + 10);
  });

  it('is refused where the server gives no ranges', async () => {
    answersRanges = false;
    await expect(openHttpRangeSource(url)).rejects.toMatchObject({ code: 'HTTP_RANGE_REFUSED' });
  });

  it('is no longer read when it became another one', async () => {
    const source = await openHttpRangeSource(url);
    resource = { bytes: content, tag: '"two"' };
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'HTTP_RANGE_CHANGED' });
  });

  it('is no longer read when the reader has enough', async () => {
    const source = await openHttpRangeSource(url);
    await expect(source.read(0, 10, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
