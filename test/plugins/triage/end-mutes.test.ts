import { Bus, Job, subjects } from '@faultline/sdk';
import type { GroupChangeAnswer, GroupDetail, GroupHistory } from '@faultline/sdk/api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jobRun } from './job-run.js';
import { now, startTriageHost, type TriageHost } from './triage-host.js';

let triage: TriageHost;
beforeEach(async () => {
  triage = await startTriageHost();
});
afterEach(() => triage.host.stop());

const tomorrow = new Date(now + 86_400_000).toISOString();

it('a mute that reaches its date is written down as ended, once, and announced', async () => {
  for (const signature of ['a', 'b', 'c']) await triage.crash(signature);
  const mute = async (signature: string, until: object) =>
    await triage.send<GroupChangeAnswer>('POST', '/api/v1/groups/changes', {
      groups: [{ signature }],
      change: { do: 'mute', until },
    });
  await mute('a', { date: tomorrow });
  await mute('b', { count: 5 });
  const told: unknown[] = [];
  triage.host.resolve(Bus).on(subjects.groupChanged, (event) => void told.push(event));
  const job = triage.host.contributions(Job).get('triage/end-mutes')?.value;
  if (job === undefined) throw new Error('no such job');
  expect(await job.run(jobRun(now))).toEqual({ opened: 0 });
  triage.clock.setDate(now + 86_400_001);
  expect(await job.run(jobRun(now))).toEqual({ opened: 1 });
  expect(await job.run(jobRun(now))).toEqual({ opened: 0 });
  await expect
    .poll(() => told, { timeout: 10_000 })
    .toMatchObject([{ signature: 'a', version: 2, what: 'unmute', actor: '' }]);
  const history = await triage.get<GroupHistory>('/api/v1/groups/history?signature=a');
  expect(history.entries[0]).toMatchObject({ what: 'unmute', text: 'the mute ended on 2026-11-23', version: 2 });
  const state = async (signature: string) =>
    (await triage.get<GroupDetail>(`/api/v1/groups/detail?signature=${signature}&from=-30d`)).group.triage.state;
  expect([await state('a'), await state('b')]).toEqual(['open', 'muted']);
});
