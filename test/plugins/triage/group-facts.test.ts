import { describe, expect, it } from 'vitest';
import { GroupMap } from '../../../plugins/triage/src/groups/group-map.js';
import { newRecord } from '../../../plugins/triage/src/groups/group-record.js';
import { isAtOrAfter } from '../../../plugins/triage/src/groups/release-order.js';
import { ticketLabel } from '../../../plugins/triage/src/groups/ticket-label.js';
import { readCodeowners } from '../../../plugins/triage/src/ownership/codeowners.js';
import { Owners } from '../../../plugins/triage/src/ownership/owners.js';
import { ticketDraft } from '../../../plugins/triage/src/ticket-draft.js';

describe('ticketLabel', () => {
  it.each([
    ['https://bugzilla.example/show_bug.cgi?id=1234', 'bug 1234'],
    ['https://bugzilla.example.org/1234', 'bug 1234'],
    ['https://github.com/team/pot/issues/12', 'team/pot#12'],
    ['https://github.com/team/pot/pull/12/files', 'team/pot#12'],
    ['https://gitlab.example/group/sub/pot/-/issues/7', 'group/sub/pot#7'],
    ['https://gitlab.example/group/pot/-/merge_requests/7', 'group/pot!7'],
    ['https://team.atlassian.example/browse/POT-7', 'POT-7'],
    ['https://linear.example/team/issue/POT-7/the-lid-falls-off', 'POT-7'],
    ['https://track.example/youtrack/issue/pot-7', 'POT-7'],
    ['https://redmine.example/issues/7', '#7'],
    ['https://trac.example/project/ticket/7', '#7'],
    ['https://dev.example/team/pot/_workitems/edit/7', 'AB#7'],
    ['https://phabricator.example/T7', 'T7'],
    ['https://wiki.example/page', 'wiki.example/page'],
    ['https://wiki.example/', 'wiki.example'],
  ])('calls %s %s', (url, label) => {
    expect(ticketLabel(url)).toBe(label);
  });
});

describe('ticketDraft', () => {
  const template = { url: '', title: 'Crash in {signature}', body: '{count} of {product} {unknown}\n{stack}' };
  const facts = {
    ...{ signature: 'Lid::open', product: 'Pot', version: '2', count: 3, firstSeen: '2026-11-22', os: 'Linux' },
    ...{ cpu: 'amd64', reason: 'SIGSEGV', crashId: 'c1', link: 'https://host/group', frames: ['pot!Lid::open'] },
  };

  it("fills title and text, and the forms of the product's trackers", () => {
    const url = 'https://bugs.example/new?t={title}&d={description}&v={version}';
    expect(ticketDraft(template, facts, [{ label: 'Bugs', url }])).toEqual({
      title: 'Crash in Lid::open',
      body: '3 of Pot {unknown}\n 0  pot!Lid::open',
      links: [
        {
          label: 'Bugs',
          url: 'https://bugs.example/new?t=Crash%20in%20Lid%3A%3Aopen&d=3%20of%20Pot%20%7Bunknown%7D%0A%200%20%20pot!Lid%3A%3Aopen&v=2',
        },
      ],
    });
  });

  it('leaves the text out of an address that would be too long, and out of none that is no web address', () => {
    const long = { ...template, body: 'x'.repeat(10_000) };
    const trackers = [
      { label: 'a', url: 'https://bugs.example/?d={description}' },
      { label: 'b', url: 'javascript:alert({title})' },
    ];
    expect(ticketDraft(long, facts, trackers).links).toEqual([{ label: 'a', url: 'https://bugs.example/?d=' }]);
  });
});

describe('isAtOrAfter', () => {
  const crash = { product: 'Pot', version: '2.0', build: '20260201' };
  const release = { product: '', version: '2.0', build: '' };
  it.each([
    ['the version itself', crash, release, true],
    ['a later version', { ...crash, version: '2.0.1' }, release, true],
    ['an older version', { ...crash, version: '1.10' }, release, false],
    ['a beta of the version', { ...crash, version: '2.0b9' }, release, false],
    ['no version', { ...crash, version: '' }, release, false],
    ['another product', crash, { ...release, product: 'Pan' }, false],
    ['an older build', crash, { ...release, build: '20260202' }, false],
    ['the build itself', crash, { ...release, build: '20260201' }, true],
    ['no build', { ...crash, build: '' }, { ...release, build: '20260202' }, true],
  ])('answers for %s', (_, seen, wanted, isAfter) => {
    expect(isAtOrAfter(seen, wanted, {})).toBe(isAfter);
  });

  it("asks the product's own order", () => {
    const text = { Pot: (a: string, b: string) => (a < b ? -1 : 1) };
    expect(isAtOrAfter({ ...crash, version: '10' }, { ...release, version: '9' }, text)).toBe(false);
  });
});

describe('GroupMap', () => {
  const record = (signature: string, ...members: [string, number][]) => ({
    ...newRecord(signature),
    members: members.map(([member, since]) => ({ signature: member, since })),
  });

  it('lets the earlier of two claims count, whatever order they are read in', () => {
    const records = [record('a', ['x', 2]), record('b', ['x', 1])];
    for (const order of [records, [...records].reverse()]) {
      const map = new GroupMap(order);
      expect(map.groupOf('x').signature).toBe('b');
      expect(map.signaturesOf(map.groupOf('a'))).toEqual(['a']);
    }
  });

  it('breaks circles, also long ones', () => {
    const map = new GroupMap([record('a', ['b', 1]), record('b', ['c', 2]), record('c', ['a', 3])]);
    expect(['a', 'b', 'c'].map((signature) => map.groupOf(signature).signature)).toEqual(['a', 'a', 'a']);
    expect(map.signaturesOf(map.groupOf('c'))).toEqual(['a', 'b', 'c']);
  });
});

describe('readCodeowners', () => {
  it('reads sections, comments, escaped spaces and lines without owners', () => {
    const text = '\ufeff[Lid][2] @lid-team\nlid/\n/my\\ docs/ a@b.example # why\n\n*.md\n';
    expect(readCodeowners(text).rules).toEqual([
      { on: 'path', pattern: 'lid/', owners: ['@lid-team'] },
      { on: 'path', pattern: '/my docs/', owners: ['a@b.example'] },
      { on: 'path', pattern: '*.md', owners: ['@lid-team'] },
    ]);
  });

  it('names what it can’t use by line', () => {
    const { rules, problems } = readCodeowners('!x @kim\n[a-z].c @kim\nfoo [ab].c @kim\n*.c kim\n');
    expect(rules).toEqual([]);
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });
});

describe('Owners', () => {
  const owners = new Owners([
    { on: 'path', pattern: '*', owners: ['all'] },
    { on: 'path', pattern: 'src/lid/', owners: ['lid'] },
    { on: 'path', pattern: '*.rs', owners: ['rust'] },
    { on: 'path', pattern: 'third_party/**/zlib/*.c', owners: ['zlib'] },
    { on: 'module', pattern: 'pot?.dll', owners: ['windows'] },
    { on: 'signature', pattern: 'OOM |*', owners: ['memory'] },
  ]);
  it.each([
    [{ paths: ['/builds/work/src/lid/a/b.cpp'] }, 'lid'],
    [{ paths: ['src/lid/b.rs'] }, 'rust'],
    [{ paths: ['git:example.org/pot:third_party/x/y/zlib/a.c:1234'] }, 'zlib'],
    [{ paths: ['third_party/zlib/a.c'] }, 'zlib'],
    [{ paths: ['other.c', 'src/lid/x.c'] }, 'all'],
    [{ modules: ['kernel32.dll', 'pot1.dll'] }, 'windows'],
    [{ signature: 'OOM | small', paths: ['src/lid/x.c'] }, 'memory'],
    [{ signature: 'x' }, undefined],
  ])('of %o: %s', (thing, owner) => {
    expect(owners.of({ signature: '', modules: [], paths: [], ...thing }).owners[0]).toBe(owner);
  });

  it('answers at once for patterns and paths that are meant to take for ever', () => {
    const hostile = new Owners([{ on: 'path', pattern: `${'**/a*'.repeat(40)}b`, owners: ['x'] }]);
    const began = performance.now();
    hostile.of({ signature: '', modules: [], paths: ['a/'.repeat(1000)] });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
