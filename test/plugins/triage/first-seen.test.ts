import type { ProcessedCrash } from '@faultline/sdk';
import { FakeClock, MemoryStateStore, sampleCrashId, sampleProcessed } from '@faultline/testing';
import { expect, it } from 'vitest';
import { FirstAppearances } from '../../../plugins/triage/src/sightings/first-appearances.js';
import { firstSeenJob } from '../../../plugins/triage/src/sightings/first-seen-job.js';
import { seenCrash } from '../../../plugins/triage/src/sightings/seen-crash.js';
import { SightingStore } from '../../../plugins/triage/src/sightings/sighting-store.js';
import { jobRun } from './job-run.js';

const crash = (number: number, day: number, more: Partial<ProcessedCrash>) => {
  const at = Date.UTC(2026, 10, day, 12);
  const submitted_timestamp = new Date(at).toISOString();
  return sampleProcessed(sampleCrashId(number, at), { submitted_timestamp, product: 'Teapot', ...more });
};

const crashes = [
  crash(1, 20, { signature: 'old', version: '1.0', build: '100' }),
  crash(2, 21, { signature: 'old', version: '0.9', build: '101' }),
  crash(3, 21, { signature: 'lost', version: '2.0', build: '200' }),
  crash(4, 21, { signature: '' }),
  crash(5, 22, { signature: 'later' }),
];

it('first appearances that the sink never saw are written down, those of one day at a time', async () => {
  const sightings = new SightingStore(new MemoryStateStore(new FakeClock()), {});
  for (const known of crashes.slice(0, 1)) await sightings.add(seenCrash(known));
  const looked: (string | undefined)[] = [];
  const storage = {
    async *scanProcessed({ day }: { day?: string } = {}) {
      looked.push(day);
      await Promise.resolve();
      yield* crashes.filter(({ submitted_timestamp: at }) => at.startsWith(day ?? ''));
    },
  };
  let erasedAgain = 0;
  const eraseAgain = () => Promise.resolve(void erasedAgain++);
  const job = firstSeenJob({ storage, sightings, eraseAgain });
  const run = jobRun(Date.UTC(2026, 10, 22, 3, 30));

  expect(await job.run(run)).toEqual({ day: '2026-11-21', crashes: 3, mended: 2 });
  expect(await job.run(run)).toEqual({ day: '2026-11-21', crashes: 3, mended: 0 });
  expect([looked, erasedAgain]).toEqual([['2026-11-21', '2026-11-21'], 2]);
  expect((await sightings.get('old'))?.products).toMatchObject([
    { firstVersion: '0.9', lastVersion: '1.0', firstBuild: '100', lastBuild: '101' },
  ]);
  expect((await sightings.get('lost'))?.products).toMatchObject([{ firstVersion: '2.0', firstBuild: '200' }]);
  expect(await sightings.get('later')).toBeNull();
});

it('the version of a first appearance is the lowest of the product that had it first', async () => {
  const sightings = new SightingStore(new MemoryStateStore(new FakeClock()), {});
  const seen = [
    crash(1, 21, { signature: 'lid', product: 'Kettle', version: '0.1', build: '7' }),
    crash(2, 20, { signature: 'lid', version: '10.0', build: '9' }),
    crash(3, 22, { signature: 'lid', version: '9.0', build: '8' }),
    crash(4, 22, { signature: 'bare', version: '' }),
  ];
  for (const one of seen) await sightings.add(seenCrash(one));

  const first = await new FirstAppearances(sightings).firstAppearances(['lid', 'bare', 'lid', 'never']);
  expect(first).toEqual([
    {
      signature: 'lid',
      date: '2026-11-20T12:00:00.000Z',
      build: '7',
      release: { product: 'Teapot', version: '9.0' },
    },
    { signature: 'bare', date: '2026-11-22T12:00:00.000Z', build: '', release: { product: 'Teapot', version: '' } },
  ]);
});
