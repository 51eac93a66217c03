/**
 * What the child process of these tests runs: it opens the folder and stores reports, printing one line of JSON per
 * event. `hold FOLDER` opens and waits; `flood FOLDER SIZE` stores eight at a time until it is ended;
 * `store FOLDER SIZE COUNT` stores one after the other and closes. Beside a holder: `beside FOLDER SIZE` stores and
 * reads back until it is ended, `erase FOLDER SIZE` stores and erases what it stored, `count FOLDER` counts in an entry
 * of the state, `scrub FOLDER` writes the state anew again and again.
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
async function storeOne(seed: number): Promise<string | null> {
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
    return crashId;
  } catch (error) {
    await draft.discard();
    print({ refused: crashId, code: asFaultlineError(error).code, kind: asFaultlineError(error).kind });
    await clock.advance(1001);
    return null;
  }
}

async function isWhole(id: string, seed: number): Promise<boolean> {
  const part = await store.crashes.openPart(id, 'upload_file_minidump');
  const bytes = await part?.read(0, part.size);
  await part?.close?.();
  return bytes !== undefined && Buffer.compare(bytes, new FakeRandom(seed).bytes(Number(size))) === 0;
}

const store = await openEmbeddedStore({
  folder,
  config: { openEnvironments: 16, largePart: 100_000 },
  clock,
  logger,
  version: 'test',
  holds: ['hold', 'flood', 'store'].includes(mode),
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
if (mode === 'beside') {
  for (;;) {
    const own = seed++;
    const id = await storeOne(own);
    if (id !== null && !(await isWhole(id, own))) print({ wrong: id });
  }
}
if (mode === 'erase') {
  for (;;) {
    const own = seed++;
    const id = await storeOne(own);
    if (id !== null) await store.upkeep.erase([id], { signal: new AbortController().signal });
    print({ erased: id });
  }
}
if (mode === 'count') {
  for (let count = 1; ; count++) {
    await store.state.set(['test', 'count'], { count });
    print({ count });
  }
}
if (mode === 'scrub') {
  for (let scrubbed = 1; ; scrubbed++) {
    await store.upkeep.scrubState(new AbortController().signal);
    print({ scrubbed });
  }
}
