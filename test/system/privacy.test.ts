import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader, reportBody } from './crash-client.js';
import { cleanUp, startServer } from './server-process.js';

afterAll(cleanUp);

/** Files of a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  try {
    return execFileSync('grep', ['-rlaF', '--', text, folder], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    // grep ends with 1 when there is none.
    return [];
  }
}

describe('what stands nowhere in the data folder', () => {
  it("is a client's address, and what the configuration removes", async () => {
    const address = '203.0.113.77';
    const args = ['server.trustedProxies=["127.0.0.1"]', 'collector.reportsPerAddress=100'];
    const server = await startServer({ args: args.flatMap((each) => ['--set', each]) });
    const reader = await Reader.of(server);
    const { body, contentType } = reportBody(
      { ProductName: 'Private', Email: 'canary@example.com', Notes: 'kept-canary' },
      { upload_file_minidump: new Uint8Array(2000) },
    );
    const headers = { 'content-type': contentType, 'x-forwarded-for': address };
    const answer = await fetch(`${server.url}/submit`, { method: 'POST', headers, body: new Uint8Array(body) });
    const crashId = (await answer.text()).replace(/^CrashID=bp-|\n$/g, '');
    await reader.searchable(crashId);
    const report = await reader.report(crashId);
    expect(JSON.stringify(report)).toContain('Removed Email from raw crash.');
    expect(await server.stop()).toBe(0);
    expect(filesWith(server.data, 'kept-canary'), 'the search finds what is there').not.toEqual([]);
    expect(filesWith(server.data, address)).toEqual([]);
    expect(filesWith(server.data, 'canary@example.com')).toEqual([]);
    expect(server.log()).not.toContain(address);
  });
});
