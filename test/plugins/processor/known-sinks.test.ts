import { MemoryLogger, MemoryStateStore, FakeClock } from '@faultline/testing';
import { expect, it } from 'vitest';
import { KnownSinks } from '../../../plugins/processor/src/outbox/known-sinks.ts';
import { eventually, listOf, rememberingSink } from './start-processor.ts';

it('A process that has few sinks itself names those that a processor told of', async () => {
  const state = new MemoryStateStore(new FakeClock());
  const ofProcessor = listOf([rememberingSink('search').sink, rememberingSink('export').sink]);
  const processor = new KnownSinks({ sinks: ofProcessor, state, hasAll: true });
  const jobsOnly = new KnownSinks({ sinks: listOf([rememberingSink('search').sink]), state, hasAll: false });
  expect(await jobsOnly.all()).toEqual(['search']);
  const stop = processor.tell(new MemoryLogger());
  await eventually(async () => expect(await jobsOnly.all()).toEqual(['search', 'export']));
  ofProcessor.replace([rememberingSink('other').sink]);
  await eventually(async () => expect(await jobsOnly.all()).toEqual(['search', 'other']));
  expect(await processor.all()).toEqual(['other']);
  stop();
});
