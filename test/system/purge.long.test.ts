/** Purging on a running server and a stopped one, as an admin does it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { SearchAnswer } from '@faultline/sdk/api';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader } from './crash-client.js';
import { cleanUp, faultline, startServer } from './server-process.js';

afterAll(cleanUp);

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
    // Beside it index and state grow, by more than twenty small reports take.
    const crashes = path.join(old.data, 'crashes');
    const before = diskUsage(crashes);
    const purged = await faultline(['purge', '--yes', ...asAdmin]);
    expect(purged.stdout).toMatch(/^Purged \d+ files/m);
    expect(diskUsage(crashes)).toBeLessThan(before);
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
