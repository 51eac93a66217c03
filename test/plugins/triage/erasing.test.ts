import { FakeClock, MemoryStateStore, sampleCrashId, sampleProcessed } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { ErasedGroups } from '../../../plugins/triage/src/erasing.ts';
import { GroupStore } from '../../../plugins/triage/src/groups/group-store.ts';
import { groupId } from '../../../plugins/triage/src/groups/group-record.ts';
import { SightingStore } from '../../../plugins/triage/src/sightings/sighting-store.ts';

const never = new AbortController().signal;
const [gone, kept] = [sampleCrashId(1), sampleCrashId(2)];
const signatureOf: Record<string, string> = { [gone]: 'secret', [kept]: 'open' };

async function openGroups({ alive = ['open'], isRebuilt = true } = {}) {
  const state = new MemoryStateStore(new FakeClock());
  const groups = new GroupStore(state);
  const sightings = new SightingStore(state, {});
  const appearance = { product: 'Teapot', version: '1', build: '', date: '2026-11-22T12:00:00.000Z' };
  for (const signature of ['secret', 'open', 'third']) {
    await sightings.add({ signature, ...appearance, modules: () => [], paths: () => [] });
    await groups.update({ id: groupId(signature), signature }, ({ record }) => ({
      record: { ...record, title: `about ${signature}`, members: [] },
      entry: { at: '', actor: '', actorName: '', what: 'rename', text: `about ${signature}`, operation: '' },
    }));
  }
  const buckets = alive.map((term) => ({ term, count: 1 }));
  const engine = {
    status: () => Promise.resolve({ rebuild: isRebuilt ? null : { done: 0, total: 1, startedAt: '' } }),
    search: () => Promise.resolve({ facets: { signature: { kind: 'terms', buckets } } }),
  };
  const erased = new ErasedGroups({
    state,
    storage: { processedCrash: (id) => Promise.resolve(sampleProcessed(id, { signature: signatureOf[id] ?? '' })) },
    // Only what is asked of it here.
    engine: () => engine as never,
    forgetSightings: () => sightings.forget(),
  });
  const stored = async () => {
    const rows: string[] = [];
    for await (const { value } of state.range<object>({ prefix: ['triage'] })) rows.push(JSON.stringify(value));
    return rows.join('\n');
  };
  return { state, groups, sightings, erased, stored };
}

describe('Erasing the last crash of a group', () => {
  it('leaves nothing that names it, and every other group', async () => {
    const { erased, groups, sightings, stored } = await openGroups();
    await groups.update({ id: groupId('third'), signature: 'third' }, ({ record }) => ({
      record: { ...record, members: [{ signature: 'secret', since: 1 }] },
      entry: { at: '', actor: '', actorName: '', what: 'merge', text: 'took in "secret"', operation: '' },
    }));
    await erased.prepare([gone], never);
    expect((await erased.erase([gone], never)).records).toBeGreaterThan(3);
    expect(await stored()).not.toContain('secret');
    expect((await groups.get(groupId('third'), 'third')).record).toMatchObject({ title: 'about third', members: [] });
    expect(await sightings.get('open')).not.toBeNull();
    expect(await erased.erase([gone], never)).toEqual({ records: 0 });
  });

  it('forgets once more what was delivered meanwhile', async () => {
    const { erased, sightings, stored } = await openGroups();
    await erased.prepare([gone], never);
    await erased.erase([gone], never);
    const late = { product: '', version: '', build: '', date: '', modules: () => [], paths: () => [] };
    await sightings.add({ signature: 'secret', ...late });
    await erased.eraseAgain(never);
    expect(await stored()).not.toContain('secret');
  });

  it('keeps a group that has other crashes', async () => {
    const { erased, stored } = await openGroups({ alive: ['open', 'secret'] });
    const before = await stored();
    await erased.prepare([gone, kept], never);
    expect(await erased.erase([gone, kept], never)).toEqual({ records: 0 });
    expect(await stored()).toBe(before);
  });

  it('waits for an index that is being built, and goes on from what it noted', async () => {
    const { erased, stored } = await openGroups({ isRebuilt: false });
    await erased.prepare([gone], never);
    await expect(erased.erase([gone], never)).rejects.toMatchObject({ code: 'SEARCH_REBUILDING' });
    expect(await stored()).toContain('about secret');
  });
});
