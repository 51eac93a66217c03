/**
 * What the child process of these tests runs: it opens the folder and stores reports, printing one line of JSON per
 * event. `hold FOLDER` opens and waits; `flood FOLDER SIZE` stores eight at a time until it is ended;
 * `store FOLDER SIZE COUNT` stores one after the other and closes.
 */
import { randomBytes } from 'node:crypto';
import { FakeClock, FakeRandom, MemoryLogger, samplePending, sampleRawCrash } from '@faultline/testing';
import { makeCrashId } from '@faultline/sdk/crash-id';
import { asFaultlineError } from '@faultline/sdk/errors';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/src/embedded-store.ts';
import { ownStrayRejections } from '../../../plugins/storage-lmdb/src/storage-failure.ts';

const [mode = '', folder = '', size = '0', count = '0'] = process.argv.slice(2);
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const clock = new FakeClock();
const logger = new MemoryLogger();
ownStrayRejections(logger);

/** The bytes of a report are made from its seed, so that the test can tell what must be there. */
async function storeOne(seed: number): Promise<void> {
  const crashId = makeCrashId(randomBytes(16), clock.now());
  const draft = store.crashes.openDraft();
  try {
    const parts = [];
    for (const [part, length] of [
      ['upload_file_minidump', Number(size)],
      ['attachment', 5000],
    ] as const) {
      const writer = draft.addPart({ name: part, filename: '', contentType: '' });
      await writer.write(new FakeRandom(seed).bytes(length));
      parts.push(await writer.end());
    }
    await draft.commit({ raw: sampleRawCrash({ crashId, parts }), pending: samplePending(crashId) });
    print({ stored: crashId, seed });
  } catch (error) {
    await draft.discard();
    print({ refused: crashId, code: asFaultlineError(error).code, kind: asFaultlineError(error).kind });
    await clock.advance(1001);
  }
}

const store = await openEmbeddedStore({
  folder,
  config: { openEnvironments: 16, largePart: 100_000 },
  clock,
  logger,
  version: 'test',
  holds: true,
});
print({ ready: process.pid });
let seed = 0;
if (mode === 'hold') setInterval(() => {}, 1000);
if (mode === 'store') {
  while (seed < Number(count)) await storeOne(seed++);
  await store.close();
  print({ closed: true });
}
if (mode === 'flood') {
  const forever = async (): Promise<never> => {
    for (;;) await storeOne(seed++);
  };
  await Promise.all(Array.from({ length: 8 }, forever));
}
