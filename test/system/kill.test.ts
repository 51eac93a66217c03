import { writeMinidump } from '@faultline/minidump';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader, submit } from './crash-client.js';
import { cleanUp, startServer, temporaryFolder } from './server-process.js';

/** Ten here; the long form has fifty. */
const kills = Number(process.env['FAULTLINE_KILLS'] ?? 10);
const posters = 8;

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

afterAll(cleanUp);

describe('kill -9 of every process under load', () => {
  it(
    `loses no answered report and processes each once, over ${kills} kills`,
    { timeout: 60_000 + kills * 15_000 },
    async () => {
      const data = temporaryFolder();
      const answered: string[] = [];
      let sent = 0;
      for (let round = 0; round < kills; round += 1) {
        const server = await startServer({ data });
        let isUp = true;
        const load = Array.from({ length: posters }, async () => {
          while (isUp) {
            const variant = sent++;
            try {
              const annotations = { ProductName: 'Killed', Version: '1.0', Sequence: String(variant) };
              const { crashId } = await submit(server.url, annotations, {
                upload_file_minidump: await dumpOf(variant),
              });
              if (crashId !== null) answered.push(crashId);
            } catch {
              // The connection died with the server: that report was not answered.
            }
          }
        });
        await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 700));
        await server.kill();
        isUp = false;
        await Promise.all(load);
      }
      expect(answered.length).toBeGreaterThan(kills);

      const server = await startServer({ data });
      const reader = await Reader.of(server);
      for (const crashId of answered) {
        const report = await reader.processed(crashId, 120_000);
        expect(report.state, crashId).toBe('processed');
        expect(
          report.runs.map((run) => run.run),
          crashId,
        ).toEqual([1]);
        expect(report.parts.map((part) => part.name)).toEqual(['upload_file_minidump']);
      }
      for (const crashId of answered) {
        expect((await reader.searchable(crashId)).total, crashId).toBe(1);
      }
      expect(new Set(answered).size).toBe(answered.length);
      expect(await server.stop()).toBe(0);
    },
  );
});
