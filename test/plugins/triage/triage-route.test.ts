import type { GroupChangeAnswer, GroupNow } from '@faultline/sdk/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTriageHost, type TriageHost } from './triage-host.js';

describe('what people made of one group', () => {
  let triage: TriageHost;
  beforeAll(async () => {
    triage = await startTriageHost();
    await triage.crash('Old::Leak');
    await triage.crash('Old::Drip');
  });
  afterAll(() => triage.host.stop());

  it('is untouched and has no last change while nobody did anything', async () => {
    const { triage: now, last } = await triage.get<GroupNow>('/api/v1/groups/triage?signature=Old::Leak');
    expect([now.state, now.version, last]).toEqual(['new', 0, null]);
  });

  it('names the last change, also when asked by a signature that was merged in', async () => {
    const merge = { groups: [{ signature: 'Old::Drip' }], change: { do: 'merge', into: 'Old::Leak' } };
    await triage.send<GroupChangeAnswer>('POST', '/api/v1/groups/changes', merge);
    const { signature, triage: now, last } = await triage.get<GroupNow>('/api/v1/groups/triage?signature=Old::Drip');
    expect(signature).toBe('Old::Leak');
    expect(now.merged).toEqual(['Old::Drip']);
    expect(last?.what).toBe('merge');
    expect(last?.version).toBe(now.version);
  });
});
