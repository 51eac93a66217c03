/** Erasing on a running server, as an admin does it: by the command line, and looked for with grep. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const canary = 'zanzibar-4711-canary';

let server: RunningServer;
let reader: Reader;
beforeAll(async () => {
  server = await startServer();
  reader = await Reader.of(server);
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

/** Files of the data folder that hold these bytes, as grep finds them. */
function filesWith(text: string): string[] {
  try {
    return execFileSync('grep', ['-rlaF', text, server.data], { encoding: 'utf8' }).trim().split('\n');
  } catch {
    // grep ends with 1 when it finds nothing.
    return [];
  }
}

async function post(text: string): Promise<string> {
  const annotations = {
    ProductName: 'Teapot',
    Version: '1.0',
    Comments: `it said ${text}`,
    URL: `https://example.org/${text}`,
    Custom: text,
    JavaStackTrace: `java.lang.IllegalStateException: ${text}\n\tat org.example.${text}.pour(Teapot.java:7)`,
  };
  const dump = Buffer.concat([Buffer.from(text), Buffer.alloc(3000, 7)]);
  const id = await submitAccepted(server.url, annotations, {
    upload_file_minidump: dump,
    upload_file_minidump_browser: Buffer.concat([Buffer.alloc(400_000, 9), Buffer.from(text)]),
  });
  await reader.processed(id);
  await reader.searchable(id);
  return id;
}

/** Signatures of groups, as the inbox shows them. */
async function signatures(): Promise<string[]> {
  return (await reader.groups()).groups.map(({ signature }) => signature);
}

async function change(signature: string, what: object): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1/groups/changes`, {
    method: 'POST',
    headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
    body: JSON.stringify({ groups: [{ signature }], change: what }),
  });
  expect(answer.status).toBe(200);
}

const asAdmin = () => ['--url', server.url, '--token', reader.token];

describe('faultline erase', () => {
  it('leaves no trace of a crash in the whole data folder of a running server', async () => {
    const [doomed, also, kept] = [await post(canary), await post(canary), await post('nothing special')];
    const marked = (await signatures()).find((signature) => signature.includes(canary)) ?? '';
    const other = (await signatures()).find((signature) => signature !== marked) ?? '';
    await change(marked, { do: 'note', text: `why ${canary}?` });
    await change(marked, { do: 'merge', into: other });
    expect(filesWith(canary).length).toBeGreaterThan(2);
    const list = path.join(temporaryFolder(), 'ids.txt');
    writeFileSync(list, `bp-${doomed}\n${also}\n`);

    const shown = await faultline(['erase', '--ids', list, '--dry-run', ...asAdmin()]);
    expect(shown.code).toBe(0);
    expect(shown.stderr).toContain('2 crashes will be erased');
    expect(filesWith(canary).length).toBeGreaterThan(2);

    const erased = await faultline(['erase', '--ids', list, '--yes', ...asAdmin()]);
    expect(erased.stderr).toContain('succeeded');
    expect(erased.code).toBe(0);
    expect(JSON.parse(erased.stdout)).toMatchObject({ asked: 2, crashes: 2 });
    expect(filesWith(canary)).toEqual([]);
    expect(server.log()).not.toContain(canary);

    const gone = await fetch(`${server.url}/api/v1/crashes/${doomed}`, { headers: { 'auth-token': reader.token } });
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ error: { code: 'CRASH_ERASED' } });
    expect((await reader.search('product:Teapot')).total).toBe(1);
    expect((await reader.report(kept)).state).toBe('processed');
    expect(await signatures()).toEqual([other]);
  });

  it('erases what a query finds, after a restart too, and says no to nothing', async () => {
    await post(canary);
    const query = `user_comments:~"${canary}"`;
    const erased = await faultline(['erase', '--query', query, '--yes', ...asAdmin()]);
    expect(erased.stderr).toContain('1 crashes will be erased');
    expect(erased.code).toBe(0);
    await server.stop();
    expect(filesWith(canary)).toEqual([]);
    const usage = await faultline(['usage', '--data', server.data]);
    expect(usage.stdout).toMatch(/^all .* [KM]B/m);
    const nothing = await faultline(['erase', '--query', query, '--yes', '--data', server.data]);
    expect(nothing.stderr).toContain('0 crashes');
    server = await startServer({ data: server.data });
    reader = await Reader.of(server);
    expect(filesWith(canary)).toEqual([]);
    expect((await reader.search('product:Teapot')).total).toBe(1);
  });
});
