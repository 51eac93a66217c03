import { CrashStorage, Stackwalker } from '@faultline/sdk';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { MemoryCrashStorage, sampleCrashId } from '@faultline/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const address = '/api/v1/plugins/stackwalk/counters';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ plugins: ['stackwalk'], fakes: [fake(CrashStorage, new MemoryCrashStorage())] });
});
afterAll(() => host.stop());

it('says to managers what the walks of this process came to', async () => {
  const [walker] = host.contributions(Stackwalker).all();
  const job = { crashId: sampleCrashId(1), part: 'upload_file_minidump', raw: {} };
  await walker?.value.walk(job, new AbortController().signal);
  const answer = await host.fetch(address, { as: ['manage'] });
  expect(await answer.json()).toMatchObject({ processes: 0, walks: { MissingMinidump: 1 } });
});

it('says nothing to others', async () => {
  expect((await host.fetch(address, { as: ['triage'] })).status).toBe(403);
});
