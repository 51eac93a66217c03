import type { Group } from '@faultline/sdk/api';
import { describe, expect, it } from 'vitest';
import { untouchedGroup } from '../../../sdk/contracts/src/api/group-state.js';
import { groupsAsCsv, groupsAsMarkdown, type HandOver } from '../../../desktop/renderer/src/inbox/hand-over.js';
import { inView, viewParameters } from '../../../desktop/renderer/src/inbox/inbox-views.js';

const group = (signature: string, more: Partial<Group> = {}): Group => ({
  signature,
  count: 12,
  share: 0.1,
  previousCount: 3,
  isNew: false,
  firstSeen: '2026-11-20T00:00:00.000Z',
  lastSeen: '2026-11-22T00:00:00.000Z',
  firstVersion: '1.0',
  lastVersion: '1.1',
  platforms: [],
  products: [],
  installs: null,
  spark: [],
  triage: { ...untouchedGroup, assignee: 'ada', tickets: [{ url: 'https://b.example/1', label: 'bug 1' }] },
  ...more,
});

const handOver = (groups: Group[]): HandOver => ({
  groups,
  words: {
    group: 'Signature',
    crashes: 'crashes',
    state: 'State',
    assignee: 'Assignee',
    tickets: 'Tickets',
    versions: 'Versions',
    firstSeen: 'First seen',
  },
  link: (signature) => `https://f.example/group?signature=${encodeURIComponent(signature)}`,
  state: () => 'open',
});

describe('a selection of groups to hand over', () => {
  it('is a Markdown list whose links work, whatever stands in a signature', () => {
    const text = groupsAsMarkdown(handOver([group('a`b\u202e|c')]));
    expect(text).toBe(
      "- [`a'b‹U+202E›|c`](https://f.example/group?signature=a%60b%E2%80%AE%7Cc): 12 crashes, 1.0 – 1.1, open, " +
        'Assignee: ada, [bug 1](https://b.example/1)\n',
    );
  });

  it('is a CSV file that no spreadsheet runs', () => {
    const [titles, row] = groupsAsCsv(handOver([group('=HYPERLINK("x"), y')])).split('\r\n');
    expect(titles).toBe('Signature,crashes,State,Assignee,Tickets,Versions,First seen,URL');
    expect(row).toMatch(/^"'=HYPERLINK\(""x""\), y",12,open,ada,/);
  });
});

describe('views of the inbox', () => {
  it('take groups of the last day alone for new since yesterday', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const groups = [group('new'), group('old', { firstSeen: '2026-11-18T00:00:00.000Z' })];
    expect(inView('fresh', groups, now).map(({ signature }) => signature)).toEqual(['new']);
    expect(inView('', groups, now)).toHaveLength(2);
  });

  it('ask for groups that nobody has when it is not known who looks', () => {
    expect(viewParameters('mine', 'ada')).toEqual({ assignee: 'ada' });
    expect(viewParameters('mine', '')).toEqual({ assignee: '-' });
  });
});
