import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { answerOf, Reader, reportBody } from './crash-client.js';
import { cleanUp, frontsOf, startServer, type RunningServer } from './server-process.js';

const two = ['--set', 'collector.processes=2'];

afterAll(cleanUp);

async function until(what: string, holds: () => boolean | Promise<boolean>, patience = 20_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

interface Posted {
  status: number;
  text: string;
  /** Process that read the post. */
  pid: number;
}

/** Each post comes in by a connection of its own, as crash reporters send them. */
function post(server: RunningServer, body: Buffer, contentType: string, path = '/submit'): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': contentType, 'content-length': body.length },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const [pid = ''] = String(response.headers['x-request-id']).split('-');
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          pid: Number.parseInt(pid, 36),
        });
      });
    });
    sent.end(body);
  });
}

function reportOf(product: string, dump: Uint8Array): { body: Buffer; contentType: string } {
  return reportBody({ ProductName: product, Version: '1.0' }, { upload_file_minidump: dump });
}

/** Servers that only collect and answer: what becomes of so many reports is no part of it. */
const collecting = ['--roles', 'collector,web'];

/** Posts one report after the other until `isOver`; ids of what was accepted, with the dump's checksum. */
async function load(server: RunningServer, isOver: () => boolean, posters = 8): Promise<Map<string, string>> {
  const accepted = new Map<string, string>();
  let sent = 0;
  const posting = Array.from({ length: posters }, async () => {
    while (!isOver()) {
      // One in five is large enough to become a file.
      const dump = Buffer.alloc(sent % 5 === 0 ? 300_000 : 20_000, `dump ${sent++} `);
      const { body, contentType } = reportOf('Loaded', dump);
      try {
        const { crashId } = answerOf(200, (await post(server, body, contentType)).text);
        if (crashId !== null) accepted.set(crashId, createHash('sha256').update(dump).digest('hex'));
      } catch {
        // The front died with the post in hand: it was not answered.
      }
    }
  });
  await Promise.all(posting);
  return accepted;
}

async function expectStored(reader: Reader, accepted: Map<string, string>): Promise<void> {
  const left = [...accepted];
  const check = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      const [crashId, checksum] = one;
      const bytes = await reader.part(crashId, 'upload_file_minidump');
      expect(createHash('sha256').update(bytes).digest('hex'), crashId).toBe(checksum);
    }
  };
  await Promise.all(Array.from({ length: 8 }, check));
}

describe.concurrent('collecting in two processes', () => {
  it('stores byte for byte, counts once, limits once, and serves all else by either', async () => {
    const server = await startServer({ args: [...two, '--set', 'collector.reportsPerProduct=200'] });
    const reader = await Reader.of(server);
    await until('a front runs', () => frontsOf(server).length === 1);
    const { body, contentType } = reportOf('Limited', Buffer.alloc(5000, 'limited '));
    const pids = new Set<number>();
    const counts = new Map<string, number>();
    await until('both took posts', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(server, body, contentType)));
      for (const { status, pid } of answers) {
        pids.add(pid);
        counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
      }
      return pids.size === 2 && (counts.get('200') ?? 0) + (counts.get('429') ?? 0) >= 220;
    });
    expect([...pids].sort()).toEqual([server.pid, ...frontsOf(server)].sort());
    expect(counts.get('200'), 'one limit for all processes').toBe(200);
    for (let turn = 0; turn < 10; turn += 1) {
      expect((await post(server, Buffer.from('rubbish'), contentType)).text).toMatch(/^Discarded=malformed_/);
      const page = await fetch(`${server.url}/api/v1/version`, { headers: { connection: 'close' } });
      expect(page.status).toBe(200);
    }
    const told = await reader.get<{ outcomes: { outcome: string; count: number }[] }>(
      '/api/v1/plugins/collector/counts',
    );
    const countOf = (outcome: string) =>
      told.outcomes.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.count, 0);
    expect([countOf('accepted'), countOf('limited'), countOf('malformed')]).toEqual([200, counts.get('429'), 10]);
    expect(await server.stop()).toBe(0);
    expect(frontsOf(server)).toEqual([]);
  });

  it('loses no answered report when fronts are killed, and replaces them', async () => {
    const server = await startServer({ args: [...two, ...collecting] });
    const reader = await Reader.of(server);
    await until('a front runs', () => frontsOf(server).length === 1);
    const killed = new Set<number>();
    const loading = load(server, () => killed.size === 3);
    while (killed.size < 3) {
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 500));
      const [front] = frontsOf(server);
      if (front === undefined) continue;
      process.kill(front, 'SIGKILL');
      killed.add(front);
    }
    const accepted = await loading;
    expect(accepted.size).toBeGreaterThan(20);
    await expectStored(reader, accepted);
    await until('another front runs', () => frontsOf(server).some((pid) => !killed.has(pid)));
    expect(await server.stop()).toBe(0);
  });

  it('finishes the posts in hand when it is told to stop', async () => {
    const server = await startServer({ args: [...two, ...collecting] });
    await until('a front runs', () => frontsOf(server).length === 1);
    let isStopping = false;
    const loading = load(server, () => isStopping);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const stopped = server.stop();
    isStopping = true;
    const accepted = await loading;
    expect(await stopped).toBe(0);
    const again = await startServer({ data: server.data, args: collecting });
    await expectStored(await Reader.of(again), accepted);
    expect(await again.stop()).toBe(0);
  });
});

describe('collecting processes that come with the load', () => {
  it('are none while it is quiet, and come while posts keep the server busy', async () => {
    const server = await startServer({ args: [...collecting, '--set', 'collector.processes=auto:2'] });
    const { body, contentType } = reportOf('Quiet', Buffer.alloc(100));
    expect((await post(server, body, contentType)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(frontsOf(server)).toEqual([]);
    let isOver = false;
    const loading = load(server, () => isOver, 48);
    await until('a front runs', () => frontsOf(server).length > 0);
    isOver = true;
    expect((await loading).size).toBeGreaterThan(20);
    expect(await server.stop()).toBe(0);
  });
});
