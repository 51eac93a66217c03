/**
 * Load at full speed, kill -9 of all processes at a random moment, again over the same folder: what was answered is
 * there in the end. Reports take turns with what else can be cut off: their processing, and the start itself.
 */
import { createHash } from 'node:crypto';
import { writeMinidump } from '@faultline/minidump';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { NatsServer, natsVersion } from '../nats-server.js';
import { Reader, submit, untilHeadIsTaken } from './crash-client.js';
import { cleanUp, startServer, temporaryFolder } from './server-process.js';

/** Ten here, two of them with NATS; `kill.long.test.ts` has fifty. */
const kills = Number(process.env['FAULTLINE_KILLS'] ?? 10);
const killsWithNats = Math.ceil(kills / 5);
const posters = 8;
/** Answers at most before a kill: each report is processed and compared in the end. */
const answersPerRound = kills > 10 ? 400 : 60;
/**
 * What was in hand at a death is tried when a process has lived for a while, and given up when that one dies, too. On
 * a slow machine the servers here live so long, and their deaths are no fault of a report.
 */
const blamingNone = ['--set', 'processor.quarantine=3600000'];
const collecting = { alone: [], inTwo: ['--set', 'collector.processes=2'] };

interface Sent {
  sequence: string;
  checksum: string;
}

/** A small dump of our own writer; a kilobyte more or less per report, so that parts land on both sides of pages. */
function dumpOf(variant: number): Promise<Uint8Array> {
  const words = Array.from({ length: 64 + (variant % 200) }, (_, index) => BigInt(index));
  return writeMinidump({
    os: 'Linux',
    cpu: 'amd64',
    modules: [{ name: '/opt/app/bin/app', base: 0x400000n, size: 0x10000 }],
    threads: [{ id: 1, registers: { rip: 0x401000n, rsp: 0x7fff0000n }, stack: { start: 0x7fff0000n, words } }],
    exception: { threadId: 1, code: 11, address: 0x1cn },
  });
}

/** Every eighth report has an attachment that is kept as a file. */
async function partsOf(variant: number): Promise<Record<string, Uint8Array>> {
  const dump = await dumpOf(variant);
  if (variant % 8 !== 0) return { upload_file_minidump: dump };
  return { upload_file_minidump: dump, log: Buffer.alloc(300_000, `line ${variant}\n`) };
}

function checksumOf(parts: Record<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(parts).sort()) hash.update(name).update(parts[name] ?? '');
  return hash.digest('hex');
}

/** Starts a server, posts at full speed, kills all its processes at a random moment; what was answered, by id. */
async function round(data: string, args: string[], next: () => number): Promise<Map<string, Sent>> {
  const server = await startServer({ data, args });
  const answered = new Map<string, Sent>();
  const enough = 1 + Math.random() ** 2 * answersPerRound;
  let isUp = true;
  const load = Array.from({ length: posters }, async () => {
    while (isUp) {
      const variant = next();
      const sequence = String(variant);
      const parts = await partsOf(variant);
      try {
        const annotations = { ProductName: 'Killed', Version: '1.0', Sequence: sequence };
        const { crashId } = await submit(server.url, annotations, parts);
        if (crashId !== null) answered.set(crashId, { sequence, checksum: checksumOf(parts) });
      } catch {
        // The connection died with the server: that report was not answered.
      }
    }
  });
  await vi.waitFor(() => expect(answered.size).toBeGreaterThanOrEqual(enough), { timeout: 60_000, interval: 5 });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  await server.kill();
  isUp = false;
  await Promise.all(load);
  return answered;
}

/** The ids that search has, as often as it has them. */
async function foundIds(reader: Reader): Promise<string[]> {
  const query = new URLSearchParams({ q: 'product:Killed', columns: 'crash_id', format: 'csv' });
  const text = await reader.text(`/api/v1/search/export?${query.toString()}`).catch(untilHeadIsTaken);
  return text?.trim().split(/\r?\n/).slice(1) ?? [];
}

/** Every answered report is there, byte for byte, was processed once and is found once. */
async function expectAll(data: string, args: string[], answered: Map<string, Sent>): Promise<void> {
  const server = await startServer({ data, args });
  const reader = await Reader.of(server);
  const left = [...answered];
  const check = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      const [crashId, sent] = one;
      const report = await reader.processed(crashId, 120_000);
      expect(report.state, crashId).toBe('processed');
      expect(report.runs.map((run) => run.run)).toEqual([1]);
      const parts: Record<string, Uint8Array> = {};
      for (const { name } of report.parts) parts[name] = await reader.part(crashId, name);
      expect(checksumOf(parts), `the bytes of ${crashId}`).toBe(sent.checksum);
      expect(report.annotations.find(({ name }) => name === 'Sequence')?.value, crashId).toBe(sent.sequence);
    }
  };
  await Promise.all(Array.from({ length: posters }, check));
  const noneIsMissing = async () => {
    const found = new Set(await foundIds(reader));
    expect([...answered.keys()].filter((id) => !found.has(id))).toEqual([]);
  };
  await vi.waitFor(noneIsMissing, { timeout: 120_000, interval: 200 });
  const found = await foundIds(reader);
  expect(found, 'each is found once').toHaveLength(new Set(found).size);
  expect(await server.stop()).toBe(0);
}

/** Several servers one after the other over one data folder, each killed. */
async function killAndCompare(rounds: number, argsOf: (round: number) => string[]): Promise<void> {
  const data = temporaryFolder();
  const answered = new Map<string, Sent>();
  let sent = 0;
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [id, one] of await round(data, [...argsOf(turn), ...blamingNone], () => sent++)) {
      expect(answered.has(id), 'an id is answered once').toBe(false);
      answered.set(id, one);
    }
  }
  expect(answered.size).toBeGreaterThan(rounds);
  await expectAll(data, argsOf(0), answered);
}

const nats = natsVersion();

afterAll(cleanUp);

// Side by side: with NATS, most of the time passes until a dead process's claim on the search index ends. `vi.waitFor`,
// because `expect.poll` takes the one of them that ended last for its test.
describe.concurrent('kill -9 of every process under load', () => {
  const patience = { timeout: 60_000 + kills * 20_000 };

  it(
    `loses no answered report, byte for byte, and processes each once, over ${kills - killsWithNats} kills`,
    patience,
    async () => {
      await killAndCompare(kills - killsWithNats, (turn) => (turn % 2 === 0 ? collecting.alone : collecting.inTwo));
    },
  );

  it.skipIf(nats === null)('loses none either with NATS as the bus', patience, async () => {
    const server = await NatsServer.start();
    try {
      const args = ['--set', `bus.url=${server.url}`, '--set', 'processor.ackWait=3000'];
      await killAndCompare(killsWithNats, (turn) => [...args, ...(turn % 2 === 0 ? collecting.inTwo : [])]);
    } finally {
      await server.remove();
    }
  });
});
