/** Erasing and purging on a running server, as an admin does it: by the command line, and looked for with grep. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SearchAnswer } from '@faultline/sdk/api';
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

const asAdmin = () => ['--url', server.url, '--token', reader.token];

describe('faultline erase', () => {
  it('leaves no trace of a crash in the whole data folder of a running server', async () => {
    const [doomed, also, kept] = [await post(canary), await post(canary), await post('nothing special')];
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

describe('faultline purge', () => {
  it('lets go what is too old: the dumps at first, on a running server', async () => {
    const keeping = ['--set', 'retention.dumpDays=3', '--set', 'retention.crashDays=8'];
    const samples = ['--set', 'sample-data.fill=true', '--set', 'sample-data.reports=20'];
    const old = await startServer({ args: [...samples, ...keeping] });
    const admin = await Reader.of(old);
    const asAdmin = ['--url', old.url, '--token', admin.token];
    const all = await allProcessed(admin, 20);
    const shown = await faultline(['purge', '--dry-run', ...asAdmin]);
    expect(shown.stdout).toMatch(/^The next purge frees .*[KM]B\.$/m);
    const before = diskUsage(old.data);
    const purged = await faultline(['purge', '--yes', ...asAdmin]);
    expect(purged.stdout).toMatch(/^Purged \d+ files/m);
    expect(diskUsage(old.data)).toBeLessThan(before);
    const left = await totalOf(admin);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(all);
    expect((await faultline(['purge', '--yes', ...asAdmin])).stdout).toContain('Nothing is old enough');
    const held = await faultline(['purge', '--yes', '--data', old.data]);
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('in use');
    await old.stop();
    const stopped = await faultline(['purge', '--yes', '--data', old.data, '--set', 'retention.dumpDays=1']);
    expect(stopped.stdout).toMatch(/Purged|Nothing is old enough/);
    expect(stopped.code).toBe(0);
  });
});

async function allProcessed(admin: Reader, reports: number): Promise<number> {
  for (;;) {
    const total = await totalOf(admin);
    if (total >= reports) return total;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function diskUsage(folder: string): number {
  return Number(execFileSync('du', ['-sB1', folder], { encoding: 'utf8' }).split('\t')[0]);
}

/** Over all days: the search's own default is a week. */
async function totalOf(admin: Reader): Promise<number> {
  const { total } = await admin.get<SearchAnswer>('/api/v1/search?limit=1&from=2000-01-01&to=2100-01-01');
  return total;
}
