import { FakeClock, FakeRandom, MemoryStateStore, sampleCrashId } from '@faultline/testing';
import type { AuditEntry, Contribution, CrashEraser, CrashSink, Job, JsonValue } from '@faultline/sdk';
import { describeJob } from '@faultline/testing/suites';
import { describe, expect, it } from 'vitest';
import { EveryPlaceErasing } from '../../../plugins/erasing/src/crash-erasing.ts';
import { eraseJob } from '../../../plugins/erasing/src/erase-job.ts';
import { crashesOfList } from '../../../plugins/erasing/src/find-crashes.ts';
import { Selections } from '../../../plugins/erasing/src/selections.ts';

const ids = [sampleCrashId(1), sampleCrashId(2)];

const never = new AbortController().signal;

function listOf<T>(value: T) {
  const all: Contribution<T>[] = [{ plugin: 'test', value }];
  return { all: () => all, get: () => all[0], onChange: () => () => {} };
}

/** Erasing over places that only note that they were asked, and in which order. */
function open() {
  const asked: string[] = [];
  const audited: Omit<AuditEntry, 'sequence' | 'at'>[] = [];
  // Time stands still, and nobody waits for it.
  const clock = Object.assign(new FakeClock(), { sleep: () => Promise.resolve() });
  const note = (place: string) => Promise.resolve(void asked.push(place));
  const sink: CrashSink = {
    id: 'exports',
    title: 'Exports',
    deliver: () => Promise.resolve(),
    remove: () => note('sink'),
  };
  const eraser: CrashEraser = {
    id: 'queue',
    title: 'Dead letters',
    prepare: () => note('prepare'),
    erase: async (wanted) => {
      await note('eraser');
      return { records: wanted.length };
    },
  };
  const erasing = new EveryPlaceErasing({
    store: async (wanted) => {
      await note('store');
      return { crashes: wanted.length, freed: 5 };
    },
    scrub: () => note('scrub'),
    index: () => note('index'),
    sinks: listOf(sink),
    erasers: listOf(eraser),
    tell: (id) => asked.push(`told ${id}`),
    audit: (entry) => Promise.resolve(void audited.push(entry)),
    clock,
  });
  const selections = new Selections(new MemoryStateStore(clock), clock, new FakeRandom(1));
  return { asked, audited, erasing, selections };
}

describe('Erasing', () => {
  it('asks the store first, then every place, the sinks twice, scrubs the state, and notes who did it', async () => {
    const { asked, audited, erasing } = open();
    const receipt = await erasing.erase(ids, { actor: 'user/1', signal: never, progress: () => {} });
    const places = ['prepare', 'store', 'index', 'eraser', 'index', 'sink', 'index', 'sink'];
    expect(asked).toEqual([...places, ...ids.map((id) => `told ${id}`), 'scrub']);
    expect(receipt).toMatchObject({ asked: 2, crashes: 2, freed: 5 });
    expect(receipt.places).toContainEqual({ place: 'Dead letters', records: 2 });
    expect(audited).toMatchObject([{ actor: 'user/1', action: 'crash.erase', details: { crashes: 2 } }]);
  });

  it('keeps of a preview only the ids, for an hour or until they are erased', async () => {
    const { selections } = open();
    const many = Array.from({ length: 5000 }, (_, seed) => sampleCrashId(seed));
    const { selection } = await selections.keep(many);
    expect(await selections.ids(selection)).toEqual(many);
    await selections.forget(selection);
    await expect(selections.ids(selection)).rejects.toMatchObject({ code: 'ERASURE_UNKNOWN' });
  });

  it('takes lists as people keep them, and names the line that is no id', () => {
    expect(crashesOfList(['# mine', `bp-${ids[0] ?? ''}`, '', ids[0] ?? '', ids[1] ?? ''])).toEqual(ids);
    expect(() => crashesOfList([ids[0] ?? '', 'nonsense'])).toThrow('Line 2');
  });
});

describeJob('erasing/erase', async () => {
  const { erasing, selections, asked } = open();
  const { selection } = await selections.keep(ids);
  let kept: JsonValue | null = null;
  const job = eraseJob(erasing, selections);
  // A second run of one slot has the checkpoint of the first.
  const resumed: Job = {
    ...job,
    run: (run) =>
      job.run({
        ...run,
        params: { selection },
        checkpoint: <T extends JsonValue>() => kept as T | null,
        saveCheckpoint: (value) => Promise.resolve(void (kept = value)),
      }),
  };
  return { job: resumed, params: { selection }, effect: () => Promise.resolve(asked.length) };
});
