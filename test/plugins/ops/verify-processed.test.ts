import type { CrashId, CrashProcessing, JobRun, PendingMark, RunRecord, StorageUpkeep } from '@faultline/sdk';
import {
  MemoryCrashStorage,
  MemoryFieldDictionary,
  MemoryLogger,
  NaiveSearchEngine,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
} from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { verifyProcessedJob, type VerifyProcessedParts } from '../../../plugins/ops/src/jobs/verify-processed.ts';

const run: JobRun = {
  id: 'r',
  slot: Date.UTC(2026, 10, 23, 4),
  lastSuccess: null,
  params: undefined,
  startedBy: '',
  signal: new AbortController().signal,
  logger: new MemoryLogger(),
  progress: () => undefined,
  checkpoint: () => null,
  saveCheckpoint: () => Promise.resolve(),
  pausePoint: () => Promise.resolve(),
};
const record: RunRecord = {
  run: 1,
  ruleset: 'default',
  reason: 'received',
  started: '',
  completed: '',
  status: 'complete',
  signature: 'a',
  stackwalk: null,
  rules: [],
  notes: [],
  changed: [],
  host: '',
};

describe('The job ops/verify-processed', () => {
  it('queues what was forgotten, indexes what can not be found, and leaves what waits alone', async () => {
    const storage = new MemoryCrashStorage();
    const engine = new NaiveSearchEngine(new MemoryFieldDictionary([]));
    const [found, lost, forgotten, waiting] = [1, 2, 3, 4].map((seed) => sampleCrashId(seed)) as [
      CrashId,
      CrashId,
      CrashId,
      CrashId,
    ];
    for (const crashId of [found, lost, forgotten, waiting]) {
      const draft = storage.openDraft();
      await draft.commit({ raw: sampleRawCrash({ crashId }), pending: samplePending(crashId) });
    }
    for (const crashId of [found, lost]) {
      const processed = sampleProcessed(crashId);
      await storage.commitRun({ crashId, run: 1, expectedRun: 0, processed, record, sinks: [] });
    }
    await engine.index([{ crash: sampleProcessed(found), run: 1 }]);
    const wished: CrashId[] = [];
    // A mark that was lost: the memory store has no way to lose one.
    const marks = async function* (): AsyncIterable<PendingMark> {
      yield await Promise.resolve(samplePending(waiting));
    };
    const crashes = async function* () {
      for (const crashId of [found, lost, forgotten, waiting]) {
        yield await Promise.resolve({ crashId, product: 'Teapot', partBytes: 1 });
      }
    };
    const parts: VerifyProcessedParts = {
      storage: Object.assign(storage, { pending: marks }),
      upkeep: { crashes } as Partial<StorageUpkeep> as StorageUpkeep,
      processing: () =>
        ({
          reprocess: (crashId: CrashId) => {
            wished.push(crashId);
            return Promise.resolve({ crashId, run: 1 });
          },
        }) as Partial<CrashProcessing> as CrashProcessing,
      engine: () => engine,
    };
    const job = verifyProcessedJob(parts);
    const receipt = { day: '2026-11-22', crashes: 4, processed: 2 };
    expect(await job.run(run)).toEqual({ ...receipt, forgotten: 1, notIndexed: 1 });
    expect(wished).toEqual([forgotten]);
    expect(await job.run(run)).toEqual({ ...receipt, forgotten: 1, notIndexed: 0 });
    expect(await verifyProcessedJob({ ...parts, engine: () => null }).run(run)).toMatchObject({ notIndexed: null });
  });
});
