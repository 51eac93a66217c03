/**
 * How many reports a second the store makes durable (fsync before each answer), how long one waits, and what it
 * costs. Reads the built plugin:
 *
 *     npx tsc -b plugins/storage-lmdb && node test/bench/storage/report-commits.js [seconds per row] [largePart]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { FakeClock, MemoryLogger, samplePending, sampleRawCrash } from '@faultline/testing';
import { makeCrashId } from '@faultline/sdk';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/dist/embedded-store.js';

const seconds = Number(process.argv[2] ?? 3);
const largePart = Number(process.argv[3] ?? 262_144);
const annotations = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`Annotation${n}`, 'x'.repeat(30)]));

async function measure({ size, connections }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-bench-'));
  const clock = new FakeClock();
  const store = await openEmbeddedStore({
    folder,
    config: { openEnvironments: 16, largePart },
    clock,
    logger: new MemoryLogger(),
    version: 'bench',
    holds: true,
  });
  const body = randomBytes(size);
  const waits = [];
  const end = performance.now() + seconds * 1000;
  const post = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const crashId = makeCrashId(randomBytes(16), clock.now());
      const draft = store.crashes.openDraft();
      const part = draft.addPart({ name: 'upload_file_minidump', filename: 'a.dmp', contentType: '' });
      for (let at = 0; at < size; at += 65_536) await part.write(body.subarray(at, at + 65_536));
      const parts = [await part.end()];
      await draft.commit({ raw: sampleRawCrash({ crashId, annotations, parts }), pending: samplePending(crashId) });
      waits.push(performance.now() - start);
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: connections }, post));
  const { user, system } = process.cpuUsage(before);
  await store.close();
  rmSync(folder, { recursive: true });
  waits.sort((a, b) => a - b);
  const at = (fraction) => waits[Math.floor(waits.length * fraction)].toFixed(2);
  console.log(
    `${size} B x ${connections}: ${(waits.length / seconds).toFixed(0)}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms,` +
      ` ${((user + system) / 1000 / waits.length).toFixed(2)} CPU s per 1,000, RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
}

for (const size of [40_000, 1_000_000]) for (const connections of [1, 8, 32, 64]) await measure({ size, connections });
