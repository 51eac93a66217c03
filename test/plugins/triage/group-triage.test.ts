import type {
  GroupChangeAnswer,
  GroupDetail,
  GroupHistory,
  GroupList,
  GroupVisit,
  TicketDraft,
} from '@faultline/sdk/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { now, startTriageHost, type TriageHost } from './triage-host.js';

interface Refused {
  error: { code: string; message: string; details: { triage: { version: number }; other: { text: string } } };
}

describe('groups that people work on', () => {
  let triage: TriageHost;
  beforeEach(async () => {
    triage = await startTriageHost({
      tickets: {
        Teapot: { url: 'https://bugs.example/new?t={title}&b={body}', title: '[{signature}]', body: '{stack}{link}' },
      },
    });
  });
  afterEach(() => triage.host.stop());

  const change = async (signatures: string[], wish: object) =>
    await triage.send<GroupChangeAnswer>('POST', '/api/v1/groups/changes', {
      groups: signatures.map((signature) => ({ signature })),
      change: wish,
    });
  const detail = (signature: string) =>
    triage.get<GroupDetail>(`/api/v1/groups/detail?signature=${encodeURIComponent(signature)}&from=-30d`);
  const list = (query = '') => triage.get<GroupList>(`/api/v1/groups?from=-30d${query}`);
  const stateOf = async (signature: string) => (await detail(signature)).group.triage.state;
  const history = async (signature: string) =>
    (await triage.get<GroupHistory>(`/api/v1/groups/history?signature=${encodeURIComponent(signature)}`)).entries;

  it('begins new, with version 0, and counts its changes', async () => {
    await triage.crash('a');
    expect((await detail('a')).group.triage).toMatchObject({ state: 'new', version: 0, assignee: '' });
    await change(['a'], { do: 'start' });
    await change(['a'], { do: 'assign', to: 'kim' });
    await change(['a'], { do: 'tag', add: ['ui', 'leak'], remove: [] });
    await change(['a'], { do: 'tag', add: [], remove: ['ui'] });
    await change(['a'], { do: 'rename', title: 'The lid falls off' });
    expect((await list()).groups[0]?.triage).toMatchObject({
      state: 'in-progress',
      version: 5,
      assignee: 'kim',
      tags: ['leak'],
      title: 'The lid falls off',
    });
    expect((await history('a')).map(({ text }) => text)).toEqual([
      'called “The lid falls off”',
      'tags -ui',
      'tags +ui +leak',
      'assigned to kim',
      'in progress',
    ]);
  });

  it('refuses an edit of what somebody else changed meanwhile, and shows their change', async () => {
    await triage.crash('a');
    await change(['a'], { do: 'assign', to: 'kim' });
    const late = await triage.send<Refused>('POST', '/api/v1/groups/changes', {
      groups: [{ signature: 'a', version: 0 }],
      change: { do: 'assign', to: 'lee' },
    });
    expect(late.status).toBe(409);
    expect(late.body.error).toMatchObject({
      code: 'GROUP_CHANGED',
      details: { triage: { version: 1, assignee: 'kim' }, other: { text: 'assigned to kim' } },
    });
    const again = await triage.send('POST', '/api/v1/groups/changes', {
      groups: [{ signature: 'a', version: 1 }],
      change: { do: 'assign', to: 'lee' },
    });
    expect(again.status).toBe(200);
  });

  it('counts merged signatures as one group, and each alone again after the split', async () => {
    for (const signature of ['a', 'b', 'b', 'b', 'c', 'c']) await triage.crash(signature, { install: signature });
    await change(['b', 'c'], { do: 'merge', into: 'a' });
    const merged = await list();
    expect(merged).toMatchObject({ totalGroups: 1, totalCrashes: 6 });
    expect(merged.groups).toHaveLength(1);
    expect(merged.groups[0]).toMatchObject({ signature: 'a', count: 6, share: 1, installs: 3 });
    expect(merged.groups[0]?.triage.merged).toEqual(['b', 'c']);
    // Any of its signatures names the group.
    expect((await detail('c')).group).toMatchObject({ signature: 'a', count: 6 });
    expect((await detail('c')).newest).toHaveLength(6);

    await change(['a'], { do: 'split', signatures: ['b'] });
    expect((await list()).groups.map(({ signature, count }) => [signature, count])).toEqual([
      ['b', 3],
      ['a', 3],
    ]);
  });

  it('keeps the state of a group that was merged, and of those merged into it, for the split', async () => {
    for (const signature of ['a', 'b', 'c']) await triage.crash(signature);
    await change(['c'], { do: 'merge', into: 'b' });
    await change(['b'], { do: 'assign', to: 'kim' });
    await change(['b'], { do: 'merge', into: 'a' });
    expect((await list()).groups.map(({ triage }) => triage.merged)).toEqual([['b', 'c']]);
    // What was merged into b can be split off through the group it is part of now.
    await change(['a'], { do: 'split', signatures: ['c'] });
    expect((await detail('a')).group.triage.merged).toEqual(['b']);
    await change(['a'], { do: 'split', signatures: ['b'] });
    expect((await detail('b')).group.triage).toMatchObject({ assignee: 'kim', merged: [] });
  });

  it('does nothing when groups are merged in a circle', async () => {
    for (const signature of ['a', 'b']) await triage.crash(signature);
    await change(['b'], { do: 'merge', into: 'a' });
    const { body } = await change(['a'], { do: 'merge', into: 'b' });
    expect(body.outcomes[0]?.outcome).toBe('unchanged');
    expect((await list()).groups.map(({ signature, count }) => [signature, count])).toEqual([['a', 2]]);
  });

  it('takes crashes of an alias that came later into the group', async () => {
    await triage.crash('new spelling');
    await change(['new spelling'], { do: 'alias', signatures: ['old spelling'] });
    await triage.crash('old spelling');
    expect((await list()).groups.map(({ signature, count }) => [signature, count])).toEqual([['new spelling', 2]]);
    await triage.crash('other');
    const taken = await change(['other'], { do: 'alias', signatures: ['old spelling'] });
    expect(taken).toMatchObject({ status: 409, body: { error: { code: 'SIGNATURE_TAKEN' } } });
  });

  it('undoes merges, splits and whatever else, many groups at once', async () => {
    for (const signature of ['a', 'b', 'c']) await triage.crash(signature);
    const merge = await change(['b', 'c'], { do: 'merge', into: 'a' });
    await triage.send('POST', `/api/v1/groups/operations/${merge.body.operation}/undo`);
    expect((await list()).groups).toHaveLength(3);

    const mute = await change(['a', 'b', 'c'], { do: 'mute' });
    expect(mute.body.outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    await change(['b'], { do: 'open' });
    const undo = await triage.send<GroupChangeAnswer>('POST', `/api/v1/groups/operations/${mute.body.operation}/undo`);
    expect(undo.body.outcomes.map(({ signature, outcome }) => [signature, outcome])).toEqual([
      ['a', 'done'],
      ['b', 'conflict'],
      ['c', 'done'],
    ]);
    expect(undo.body.outcomes[1]?.other?.text).toBe('opened');
    expect(await Promise.all(['a', 'b', 'c'].map(stateOf))).toEqual(['new', 'open', 'new']);
    // An undo is a change like others.
    await triage.send('POST', `/api/v1/groups/operations/${undo.body.operation}/undo`);
    expect(await Promise.all(['a', 'b', 'c'].map(stateOf))).toEqual(['muted', 'open', 'muted']);
    expect((await triage.send('POST', '/api/v1/groups/operations/nothing/undo')).status).toBe(404);
  });

  it('regresses by itself in the version of the fix or a later one, never in an older one', async () => {
    await triage.crash('a', { version: '1.9' });
    await change(['a'], { do: 'resolve', in: { version: '1.10' } });
    await triage.crash('a', { version: '1.9.5' });
    await triage.crash('a', { version: '1.10b3' });
    await triage.crash('a', { version: '' });
    expect(await stateOf('a')).toBe('resolved');
    const id = await triage.crash('a', { version: '1.11' });
    expect((await detail('a')).group.triage).toMatchObject({
      state: 'regressed',
      resolvedIn: { version: '1.10' },
      regression: { version: '1.11', crashId: id },
    });
    expect((await history('a'))[0]).toMatchObject({ what: 'regress', actor: '', text: 'came back in Teapot 1.11' });
  });

  it('regresses after a resolution without version only in one later than those seen', async () => {
    await triage.crash('a', { version: '2.0', build: '20260101' });
    await change(['a'], { do: 'resolve' });
    await triage.crash('a', { version: '2.0', build: '20260101' });
    await triage.crash('a', { version: '1.0', build: '20270101' });
    expect(await stateOf('a')).toBe('resolved');
    await triage.crash('a', { version: '2.0', build: '20260102' });
    expect(await stateOf('a')).toBe('regressed');
  });

  it('regresses by any signature of a merged group, and by its product only where one is named', async () => {
    await triage.crash('a');
    await triage.crash('b');
    await change(['b'], { do: 'merge', into: 'a' });
    await change(['a'], { do: 'resolve', in: { product: 'Teapot', version: '2.0' } });
    await triage.crash('b', { product: 'Kettle', version: '9.0' });
    expect(await stateOf('a')).toBe('resolved');
    await triage.crash('b', { version: '2.0' });
    expect(await stateOf('a')).toBe('regressed');
  });

  it('stays muted until so many more crashes, each counted once', async () => {
    await triage.crash('a');
    await change(['a'], { do: 'mute', until: { count: 3 } });
    await triage.crash('a');
    const again = await triage.crash('a');
    expect((await detail('a')).group.triage).toMatchObject({
      state: 'muted',
      version: 1,
      mutedUntil: { count: 3, seen: 2 },
    });
    // A sink may be told twice.
    await triage.crash('a', { crash_id: again });
    expect(await stateOf('a')).toBe('muted');
    await triage.crash('a');
    expect(await stateOf('a')).toBe('open');
    expect((await history('a'))[0]).toMatchObject({ what: 'unmute', text: '3 more crashes' });
  });

  it('stays muted until a version, or a date', async () => {
    await triage.crash('a');
    await change(['a'], { do: 'mute', until: { release: { version: '3.0' } } });
    await triage.crash('a', { version: '2.9' });
    expect(await stateOf('a')).toBe('muted');
    await triage.crash('a', { version: '3.0.1' });
    expect(await stateOf('a')).toBe('open');
    await change(['a'], { do: 'mute', until: { date: new Date(now + 3_600_000).toISOString() } });
    expect(await stateOf('a')).toBe('muted');
    await triage.clock.advance(3_600_001);
    expect(await stateOf('a')).toBe('open');
  });

  it('narrows the list by state, assignee and tag', async () => {
    for (const signature of ['a', 'b', 'c']) await triage.crash(signature);
    await change(['a'], { do: 'resolve' });
    await change(['b'], { do: 'assign', to: 'kim' });
    await change(['b'], { do: 'tag', add: ['ui'] });
    const names = async (query: string) => (await list(query)).groups.map(({ signature }) => signature).sort();
    expect(await names('&state=unresolved')).toEqual(['b', 'c']);
    expect(await names('&state=resolved')).toEqual(['a']);
    expect(await names('&assignee=kim')).toEqual(['b']);
    expect(await names('&assignee=-')).toEqual(['a', 'c']);
    expect(await names('&tag=ui')).toEqual(['b']);
    expect((await list('&tag=ui')).totalGroups).toBe(1);
    expect(await triage.get('/api/v1/groups?state=solved')).toMatchObject({ error: { code: 'GROUP_STATE_UNKNOWN' } });
  });

  it('keeps notes and tickets, and fills in a new ticket', async () => {
    await triage.crash('a');
    await change(['a'], { do: 'note', text: 'Seen on <b>three</b> machines.' });
    await change(['a'], { do: 'link-ticket', url: 'https://github.com/team/pot/issues/12' });
    const { notes, group } = await detail('a');
    expect(notes).toMatchObject([{ text: 'Seen on <b>three</b> machines.' }]);
    expect(group.triage).toMatchObject({
      notes: 1,
      tickets: [{ label: 'team/pot#12', url: 'https://github.com/team/pot/issues/12' }],
    });
    await change(['a'], { do: 'remove-note', note: notes[0]?.id });
    await change(['a'], { do: 'unlink-ticket', url: 'https://github.com/team/pot/issues/12' });
    expect((await detail('a')).group.triage).toMatchObject({ notes: 0, tickets: [] });
    expect(await change(['a'], { do: 'link-ticket', url: 'javascript:alert(1)' })).toMatchObject({ status: 400 });
    const draft = await triage.get<TicketDraft>('/api/v1/groups/ticket?signature=a');
    expect(draft.title).toBe('[a]');
    expect(draft.links).toEqual([
      { label: 'New ticket', url: expect.stringContaining('https://bugs.example/new?t=%5Ba%5D&b=') as string },
    ]);
    expect(draft.body).toContain('/group?signature=a');
  });

  it('knows first and last appearance by date, version and build, in each product', async () => {
    await triage.crash('a', { version: '1.10', build: '20260302' });
    await triage.clock.advance(86_400_000);
    await triage.crash('a', { version: '1.9', build: '20260401' });
    await triage.crash('a', { product: 'Kettle', version: '3' });
    const { sightings } = await detail('a');
    expect(sightings).toEqual([
      {
        product: 'Kettle',
        firstDate: new Date(now + 86_399_999).toISOString(),
        lastDate: new Date(now + 86_399_999).toISOString(),
        firstVersion: '3',
        lastVersion: '3',
        firstBuild: '',
        lastBuild: '',
      },
      {
        product: 'Teapot',
        firstDate: new Date(now - 1).toISOString(),
        lastDate: new Date(now + 86_399_999).toISOString(),
        firstVersion: '1.9',
        lastVersion: '1.10',
        firstBuild: '20260302',
        lastBuild: '20260401',
      },
    ]);
  });

  it('says what is new and what regressed since the last visit', async () => {
    await triage.crash('old');
    await triage.crash('back');
    await change(['back'], { do: 'resolve', in: { version: '2' } });
    expect((await triage.send<GroupVisit>('POST', '/api/v1/groups/visits')).body.lastVisit).toBe('');
    await triage.clock.advance(86_400_000);
    await triage.crash('old');
    await triage.crash('fresh');
    await triage.crash('back', { version: '2' });
    expect((await triage.send<GroupVisit>('POST', '/api/v1/groups/visits')).body.lastVisit).toBe(
      new Date(now).toISOString(),
    );
    const { groups } = await list('&since=visit');
    expect(groups.map(({ signature, triage: { sinceVisit } }) => [signature, sinceVisit]).sort()).toEqual([
      ['back', 'regressed'],
      ['fresh', 'new'],
    ]);
  });

  it('tells whoever listens that a group changed, and asks for the permission', async () => {
    const heard: unknown[] = [];
    triage.host.bus.on('group.changed', (event) => void heard.push(event));
    await triage.crash('a');
    await change(['a'], { do: 'start' });
    await expect.poll(() => heard, { timeout: 10_000 }).toMatchObject([{ signature: 'a', what: 'start', version: 1 }]);
    const reader = await triage.host.fetch('/api/v1/groups/changes', {
      as: [],
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ groups: [{ signature: 'a' }], change: { do: 'start' } }),
    });
    expect(reader.status).toBe(403);
  });

  it('finds the owners of a group by its signature, and takes CODEOWNERS', async () => {
    await triage.crash('Lid::open');
    const imported = await triage.send<{ rules: object[] }>('POST', '/api/v1/ownership/import', {
      text: '# all\n* @team/pot\n/src/lid/ @kim\nbroken lid\n',
    });
    expect(imported.body).toEqual({
      rules: [
        { on: 'path', pattern: '*', owners: ['@team/pot'] },
        { on: 'path', pattern: '/src/lid/', owners: ['@kim'] },
      ],
      problems: [{ line: 4, message: '"lid" is no @person, @group/team or address.' }],
    });
    const rules = [...imported.body.rules, { on: 'signature', pattern: 'Lid::*', owners: ['lee'] }];
    expect((await triage.send('PUT', '/api/v1/ownership', { version: 0, rules })).status).toBe(200);
    expect(await triage.send('PUT', '/api/v1/ownership', { version: 0, rules })).toMatchObject({
      status: 409,
      body: { error: { code: 'OWNERSHIP_CHANGED' } },
    });
    expect((await detail('Lid::open')).group.triage.owners).toEqual(['lee']);
    const match = await triage.send('POST', '/api/v1/ownership/match', { paths: ['C:\\src\\lid\\open.cpp'] });
    expect(match.body).toEqual({ owners: ['@kim'], rule: 1 });
  });
});
