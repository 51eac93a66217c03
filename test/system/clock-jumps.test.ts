/** The machine's date jumps while posts come in, and a day is purged while its late reports are processed elsewhere. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '@faultline/sdk/api';
import { NatsServer, natsVersion } from '../nats-server.js';
import { Reader, submitAccepted } from './crash-client.js';
import { canFakeTime, MachineDate } from './fake-clock.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const nats = natsVersion();
/** `clock-jumps.long.test.ts` lets the date jump on NATS too. */
const buses = process.env['FAULTLINE_JUMPS'] === 'both' ? 2 : 1;

afterAll(cleanUp);

async function post(server: RunningServer, version: string): Promise<string> {
  const dump = Buffer.alloc(2000, version);
  return await submitAccepted(server.url, { ProductName: 'Clock', Version: version }, { upload_file_minidump: dump });
}

/** All crashes that are found, whatever their day. */
async function found(reader: Reader): Promise<number> {
  const { total } = await reader.get<SearchAnswer>('/api/v1/search?limit=1&from=2000-01-01&to=2100-01-01');
  return total;
}

async function jumpAbout(args: string[]): Promise<void> {
  const date = new MachineDate('2026-11-22T23:59:59Z');
  const server = await startServer({ args, env: date.environment });
  const reader = await Reader.of(server);
  const ids = new Map<string, { day: string; version: string }>();
  const postMany = async (what: string, count: number) => {
    for (let n = 0; n < count; n++) {
      const before = date.now().toISOString().slice(0, 10);
      const version = `${what}.${n}`;
      const id = await post(server, version);
      const after = date.now().toISOString().slice(0, 10);
      const day = `20${id.slice(-6, -4)}-${id.slice(-4, -2)}-${id.slice(-2)}`;
      expect([before, after]).toContain(day);
      ids.set(id, { day, version });
    }
  };
  await postMany('before', 5);
  await expect.poll(() => date.now().getUTCDate(), { timeout: 10_000 }).toBe(23);
  await postMany('after', 5);
  date.set('2026-11-22T22:00:00Z');
  await postMany('back', 5);
  date.set('2026-11-25T00:00:01Z');
  await postMany('forward', 5);
  date.set('2026-11-23T12:00:00Z');
  await postMany('again', 5);
  expect(new Set([...ids.values()].map(({ day }) => day))).toEqual(new Set(['2026-11-22', '2026-11-23', '2026-11-25']));
  for (const [id, { day, version }] of ids) {
    const report = await reader.processed(id);
    expect(report, version).toMatchObject({ state: 'processed', runs: [{ run: 1 }] });
    expect(report.submittedTimestamp.slice(0, 10)).toBe(day);
    expect((await reader.part(id, 'upload_file_minidump')).toString()).toContain(version);
  }
  await expect.poll(() => found(reader), { timeout: 20_000 }).toBe(ids.size);
  expect(await server.stop()).toBe(0);
  const verified = await faultline(['verify', '--data', server.data]);
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
}

describe.skipIf(!canFakeTime)('a date that jumps over midnight, forward and back', () => {
  it('gives each report its day, its folder and one run, and loses none', { timeout: 60_000 }, () => jumpAbout([]));

  it.skipIf(nats === null || buses < 2)('does so with NATS as the bus', { timeout: 60_000 }, async () => {
    const bus = await NatsServer.start();
    try {
      await jumpAbout(['--set', `bus.url=${bus.url}`]);
    } finally {
      await bus.remove();
    }
  });
});

describe.skipIf(!canFakeTime || nats === null)('a day that is purged', () => {
  it('lets another process end with its late reports, and go on with others', { timeout: 90_000 }, async () => {
    const bus = await NatsServer.start();
    try {
      const date = new MachineDate('2026-11-20T12:00:00Z');
      const data = temporaryFolder();
      const start = (roles: string) => {
        const settings = [`bus.url=${bus.url}`, 'retention.dumpDays=1', 'retention.crashDays=1'];
        const args = ['--roles', roles, ...settings.flatMap((setting) => ['--set', setting])];
        return startServer({ data, args, env: date.environment });
      };
      // The index is with the processes that have the jobs, so that these can take crashes out of it.
      const front = await start('collector,web,jobs');
      const reader = await Reader.of(front);
      const late = await Promise.all(Array.from({ length: 80 }, (_, n) => post(front, `late.${n}`)));
      date.set('2026-11-22T12:00:00Z');
      const processor = await start('processor');
      await expect.poll(() => found(reader), { timeout: 20_000, interval: 20 }).toBeGreaterThan(5);
      const purged = await faultline(['purge', '--yes', '--url', front.url, '--token', reader.token]);
      expect(purged.code, purged.stderr).toBe(0);
      const states = async () => {
        const reports = await Promise.all(late.map((id) => answerFor(reader, id)));
        return [...new Set(reports)];
      };
      await expect.poll(states, { timeout: 30_000 }).toEqual(['CRASH_EXPIRED']);
      expect(existsSync(path.join(data, 'crashes/2026-11-20/reports.1.mdb'))).toBe(false);
      const next = await post(front, 'next');
      expect((await reader.processed(next)).state).toBe('processed');
      await expect.poll(() => found(reader), { timeout: 20_000 }).toBe(1);
      expect(processor.log()).not.toMatch(/unhandled|Unhandled/);
      expect(await processor.stop()).toBe(0);
      expect(await front.stop()).toBe(0);
      const verified = await faultline(['verify', '--data', data]);
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    } finally {
      await bus.remove();
    }
  });
});

/** The state of a report, or why there is none. */
async function answerFor(reader: Reader, id: string): Promise<string> {
  const answer = await fetch(`${reader.url}/api/v1/crashes/${id}`, { headers: { 'auth-token': reader.token } });
  const body = (await answer.json()) as { state?: string; error?: { code: string } };
  return body.state ?? body.error?.code ?? '';
}
