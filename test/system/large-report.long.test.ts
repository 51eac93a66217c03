/** What a report of 200 MB costs the server that takes it. */
import { createHash, randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { answerOf, Reader } from './crash-client.js';
import { cleanUp, faultline, startServer } from './server-process.js';

const piece = randomBytes(1024 * 1024);
const pieces = 200;

afterAll(cleanUp);

function* form(boundary: string): Generator<Uint8Array> {
  const head = (name: string, more: string) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`);
  yield Buffer.concat([head('ProductName', ''), Buffer.from('Large\r\n')]);
  yield head('upload_file_minidump', '; filename="large.dmp"\r\nContent-Type: application/octet-stream');
  for (let n = 0; n < pieces; n++) yield piece;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

describe('a report of 200 MB', () => {
  it('costs a few megabytes of memory, and is kept byte for byte', async () => {
    const limits = ['collector.maxBodySize=262144000', 'collector.maxUnpackedSize=262144000', 'collector.processes=1'];
    const args = ['--roles', 'collector,web', ...limits.flatMap((limit) => ['--set', limit])];
    const server = await startServer({ args });
    const reader = await Reader.of(server);
    let peak = 0;
    const send = async () => {
      const headers = { 'content-type': 'multipart/form-data; boundary=large' };
      const post = request(`${server.url}/submit`, { method: 'POST', headers });
      const answered = new Promise<IncomingMessage>((resolve) => post.once('response', resolve));
      await pipeline(form('large'), post);
      const answer = await answered;
      return answerOf(answer.statusCode ?? 0, await text(answer));
    };
    // The first one compiles what it goes through.
    await send();
    const before = server.memory();
    const watch = setInterval(() => (peak = Math.max(peak, server.memory())), 250);
    const { crashId } = await send();
    clearInterval(watch);
    expect(crashId).not.toBeNull();
    const grown = (peak - before) / 2 ** 20;
    process.stdout.write(`a report of ${pieces} MB: memory grew by ${grown.toFixed(1)} MB\n`);
    expect(grown).toBeLessThan(32);
    const whole = createHash('sha256');
    for (let n = 0; n < pieces; n++) whole.update(piece);
    const { parts } = await reader.report(crashId ?? '');
    expect(parts).toMatchObject([{ size: pieces * piece.length, sha256: whole.digest('hex') }]);
    expect(await server.stop()).toBe(0);
    const verified = await faultline(['verify', '--data', server.data], { patience: 120_000 });
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });
});
