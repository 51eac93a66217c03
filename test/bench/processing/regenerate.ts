/**
 * Signs all crashes of a folder again, as a job, kills the server with -9 half way, and goes on: crashes a second, and
 * that none is left out; its memory on the way. Needs the build; 100,000 crashes take 5 GB of disk, and longer to make
 * than to sign.
 *
 *     node test/bench/run.js test/bench/processing/regenerate.ts [crashes]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRunShape } from '@faultline/sdk/api';
import { Reader } from '../../system/crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from '../../system/server-process.js';

const crashes = Number(process.argv[2] ?? 100_000);

async function main(): Promise<void> {
  const data = temporaryFolder();
  const generated = await faultline(['generate', '--crashes', String(crashes), '--data', data, '--full'], {
    patience: 3_600_000,
  });
  if (generated.code !== 0) throw new Error(generated.stderr);

  const first = await startServer({ data, patience: 120_000 });
  const reader = await Reader.of(first);
  const wish = { search: '', ruleset: 'regenerate-signature', rate: 10_000 };
  const answer = await fetch(`${first.url}/api/v1/processing/reprocess`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'auth-token': reader.token },
    body: JSON.stringify(wish),
  });
  const { id } = (await answer.json()) as JobRunShape;
  const before = await until(first, reader, id, ({ progress }) => progress.done >= crashes / 2);
  console.log(`killed at ${before.progress.done} of ${before.progress.total}: ${before.progress.stage}`);
  await first.kill();

  const second = await startServer({ data, patience: 120_000 });
  const ended = await until(second, reader, id, ({ endedAt }) => endedAt !== null);
  console.log(ended.status, JSON.stringify({ ...(ended.result as object), moves: undefined }));
  await second.stop();
}

/** Says each twentieth of the way how far it is, and how much memory the server has. */
async function until(
  server: RunningServer,
  reader: Reader,
  id: string,
  isReached: (run: JobRunShape) => boolean,
): Promise<JobRunShape> {
  for (let said = -1; ;) {
    const response = await fetch(`${server.url}/api/v1/job-runs/${id}`, { headers: { 'auth-token': reader.token } });
    const run = (await response.json()) as JobRunShape;
    const { done, stage } = run.progress;
    const part = Math.floor((done / crashes) * 20);
    if (part !== said) console.log(`${done}: ${run.status}, ${stage}, ${(server.memory() / 1e6).toFixed(0)} MB`);
    said = part;
    if (isReached(run)) return run;
    await sleep(1000);
  }
}

try {
  await main();
} finally {
  cleanUp();
}
