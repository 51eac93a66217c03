/** A store with reports that hold a text, and a look for that text in every file. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  FakeRandom,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import type { CrashId } from '@faultline/sdk';
import type { openStore } from './open-store.ts';

export const day = '2026-11-22';
export const canary = 'canary-7f3a91';

export type OpenedStore = Awaited<ReturnType<typeof openStore>>;

export async function storeReport(
  opened: OpenedStore,
  seed: number,
  { size = 500, text = 'ordinary' } = {},
): Promise<CrashId> {
  const { crashes } = opened.store;
  const crashId = sampleCrashId(seed);
  const draft = crashes.openDraft();
  const bytes = Buffer.concat([Buffer.from(text), new FakeRandom(seed).bytes(size)]);
  const part = draft.addPart({ name: 'd', filename: '', contentType: '' });
  await part.write(bytes);
  const raw = sampleRawCrash({ crashId, parts: [await part.end()], annotations: { Comments: text } });
  await draft.commit({ raw, pending: samplePending(crashId) });
  const processed = sampleProcessed(crashId, { comments: text });
  for (const run of [1, 2]) {
    await crashes.commitRun({ crashId, run, expectedRun: run - 1, processed, record: sampleRun(run), sinks: ['s'] });
  }
  return crashId;
}

/** Files of the data folder that hold these bytes anywhere, free pages included. */
export async function filesWith(opened: OpenedStore, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(opened.folder, { recursive: true })) {
    const bytes = await readFile(path.join(opened.folder, name)).catch(() => null);
    if (bytes?.includes(text) === true) found.push(name);
  }
  return found;
}
