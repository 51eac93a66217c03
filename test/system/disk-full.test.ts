import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader, submit } from './crash-client.js';
import { cleanUp, startServer, temporaryFolder } from './server-process.js';

const mounted: string[] = [];

/** A file system of so many megabytes; null where this process may not mount one. */
function smallDisk(megabytes: number): string | null {
  const folder = temporaryFolder();
  if (process.getuid?.() !== 0) return null;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (status !== 0) return null;
  mounted.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  cleanUp();
});

const disk = smallDisk(48);
if (disk === null) {
  const reason = 'this process may not mount a small file system (needs root)';
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`SKIPPED: a full disk, ${reason}\n`);
}

describe.skipIf(disk === null)('a full disk', () => {
  it(
    'answers 503 and no id that is not stored, and takes reports again when there is room',
    { timeout: 120_000 },
    async () => {
      const data = disk ?? '';
      // Beyond the margin: the store itself must refuse what does not fit.
      const args = ['--set', 'collector.minFreeSpace=0'];
      const server = await startServer({ data, args });
      const reader = await Reader.of(server);
      const dump = new Uint8Array(300_000).map((_, index) => (index * 31) % 251);
      const answered: string[] = [];
      let refused = 0;
      for (let post = 0; post < 400 && refused < 5; post += 1) {
        const answer = await submit(
          server.url,
          { ProductName: 'Full', Sequence: String(post) },
          { upload_file_minidump: dump },
        );
        if (answer.crashId !== null) answered.push(answer.crashId);
        else {
          expect(answer.status, answer.text).toBe(503);
          refused += 1;
        }
      }
      expect(refused).toBe(5);
      expect(answered.length).toBeGreaterThan(10);
      expect((await fetch(`${server.url}/__lbheartbeat__`)).status, 'the server is up').toBe(200);

      spawnSync('mount', ['-o', 'remount,size=400m', data]);
      const until = Date.now() + 60_000;
      let again = await submit(server.url, { ProductName: 'Full' }, { upload_file_minidump: dump });
      while (again.crashId === null && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        again = await submit(server.url, { ProductName: 'Full' }, { upload_file_minidump: dump });
      }
      expect(again.crashId).not.toBeNull();
      for (const crashId of answered) expect((await reader.report(crashId)).crashId).toBe(crashId);
      expect(await server.stop()).toBe(0);

      const restarted = await startServer({ data, args });
      const after = await Reader.of(restarted);
      for (const crashId of answered) expect((await after.processed(crashId, 60_000)).state).toBe('processed');
      expect(await restarted.stop()).toBe(0);
    },
  );
});
