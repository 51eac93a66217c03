/** Bugs and first dates with what the groups really know. */
import { SearchEngine } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTriageHost, type TriageHost } from '../triage/triage-host.js';

let triage: TriageHost;
const day = 24 * 60 * 60_000;
const ask = async (path: string): Promise<unknown> => (await triage.host.fetch(`/api/${path}`)).json();
const change = (signature: string, wish: object) =>
  triage.send('POST', '/api/v1/groups/changes', { groups: [{ signature }], change: wish });

beforeAll(async () => {
  triage = await startTriageHost({}, ['crashstats-api']);
  for (const signature of ['lid', 'spout', 'handle']) await triage.crash(signature, { build: '20261122' });
  const url = 'https://bugzilla.example/show_bug.cgi?id=1234';
  for (const signature of ['lid', 'handle']) await change(signature, { do: 'link-ticket', url });
});
afterAll(() => triage.host.stop());

describe('tickets of signatures', () => {
  const both = expect.arrayContaining([
    { id: 1234, signature: 'lid' },
    { id: 1234, signature: 'handle' },
  ]) as object[];

  it('are those that people linked, with the other signatures of the same ticket', async () => {
    expect(await ask('Bugs/?signatures=lid')).toEqual({ hits: both, total: 2 });
    expect(await ask('Bugs/?signatures=spout')).toEqual({ hits: [], total: 0 });
    const body = new URLSearchParams([
      ['signatures', 'lid'],
      ['signatures', 'spout'],
    ]);
    const posted = await triage.host.fetch('/api/Bugs/', { method: 'POST', body });
    expect(await posted.json()).toEqual({ hits: both, total: 2 });
  });

  it('are found from the ticket, too, and are gone when they are taken off', async () => {
    expect(await ask('SignaturesByBugs/?bug_ids=1234&bug_ids=99')).toEqual({ hits: both, total: 2 });
    await change('handle', { do: 'unlink-ticket', url: 'https://bugzilla.example/show_bug.cgi?id=1234' });
    expect(await ask('SignaturesByBugs/?bug_ids=1234')).toEqual({ hits: [{ id: 1234, signature: 'lid' }], total: 1 });
  });
});

describe('the first date of a signature', () => {
  it('stays when its reports have gone', async () => {
    const first = new Date(triage.clock.now() - 1).toISOString().replace(/\.\d+Z$/, '');
    await triage.clock.advance(30 * day);
    const later = await triage.crash('lid', { build: '20261111', product: 'Kettle' });
    const engine = triage.host.resolve(SearchEngine);
    const { rows } = await engine.search(
      {
        filter: null,
        from: '1970-01-01T00:00:00.000Z',
        to: '2030-01-01T00:00:00.000Z',
        sort: [],
        limit: 100,
        cursor: null,
        columns: ['crash_id'],
        facets: [],
      },
      { mayViewProtected: false, signal: new AbortController().signal },
    );
    await engine.remove(rows.map((row) => String(row['crash_id'])).filter((id) => id !== later));
    const answer = (await ask('SignatureFirstDate/?signatures=lid&signatures=never')) as {
      hits: { first_date: string }[];
    };
    expect(answer).toMatchObject({ total: 1, hits: [{ signature: 'lid', first_build: '20261111' }] });
    expect(answer.hits[0]?.first_date.slice(0, 19)).toBe(first);
  });
});
