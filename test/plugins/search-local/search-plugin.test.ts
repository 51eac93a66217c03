import { CrashSink, CrashStorage, definePlugin, FieldDefinition, SearchEngine, type SearchQuery } from '@faultline/sdk';
import { fake, startTestHost } from '@faultline/server/testing';
import { MemoryCrashStorage, sampleCrashId, samplePending, sampleProcessed, sampleRawCrash } from '@faultline/testing';
import { describe, expect, it } from 'vitest';

const id = sampleCrashId(1);
const query: SearchQuery = {
  filter: { kind: 'field', field: 'signature', operator: 'has', value: 'boiler' },
  from: '2026-11-01T00:00:00Z',
  to: '2026-12-01T00:00:00Z',
  sort: [],
  limit: 10,
  cursor: null,
  columns: [],
  facets: [],
};

describe('the search-local plugin', () => {
  it('fills in what the store holds, with the fields of plugins that start after it, and takes more as a sink', async () => {
    const storage = new MemoryCrashStorage();
    const processed = sampleProcessed(id, { signature: 'Boiler::Heat' });
    await storage.openDraft().commit({ raw: sampleRawCrash({ crashId: id }), pending: samplePending(id) });
    await storage.commitRun({
      crashId: id,
      run: 1,
      expectedRun: 0,
      processed,
      record: {
        run: 1,
        ruleset: 'default',
        reason: 'received',
        started: processed.started_datetime,
        completed: processed.completed_datetime,
        status: 'complete',
        signature: processed.signature,
        stackwalk: null,
        rules: [],
        notes: [],
        changed: [],
        host: '',
      },
      sinks: [],
    });
    const signature: FieldDefinition = {
      id: 'signature',
      title: 'Signature',
      type: 'string',
      description: '',
      permission: 'public',
    };
    const host = await startTestHost({
      plugins: [
        'search-local',
        {
          manifest: { id: 'zz-fields', contributes: { FieldDefinition: [{ id: 'signature' }] } },
          definition: definePlugin({ activate: (ctx) => void ctx.contribute(FieldDefinition, signature) }),
        },
      ],
      config: { 'search-local': { checkDelay: 0 } },
      fakes: [fake(CrashStorage, storage)],
    });
    try {
      expect(host.state('search-local')).toMatchObject({ state: 'active' });
      const engine = host.resolve(SearchEngine);
      const total = async () => (await engine.search(query, { mayViewProtected: false })).total;
      await expect.poll(total).toBe(1);
      const sink = host.contributions(CrashSink).get('search-local')?.value;
      const second = sampleProcessed(sampleCrashId(2), { signature: 'Boiler::Cool' });
      const { signal } = new AbortController();
      await sink?.deliver([{ crash: second, run: 1 }], signal);
      expect(await total()).toBe(2);
      await sink?.remove?.([second.crash_id], signal);
      expect(await total()).toBe(1);
      await engine.checkHealth();
    } finally {
      expect(await host.stop()).toEqual([]);
    }
  });
});
